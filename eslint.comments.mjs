/** Doc comments begin with a noun, or with a verb in the third person. */

/** First words of paraphrases: the thing is not named by what it is, or by what it does. */
const paraphrase =
  /^(What|Who|Whose|Where|Whether|Why|Those|The same|How|When|Which|As|If|It|That|This|Only|Not|So|Also|And|Of)\b/;

const firstWord = {
  meta: {
    type: "suggestion",
    schema: [],
    messages: { paraphrase: 'The doc comment begins with "{{ word }}": begin with a noun or a verb.' },
  },
  create: (context) => ({
    Program() {
      for (const { type, value, loc } of context.sourceCode.getAllComments()) {
        const [, text = ""] = /^\*[\s*]*(.*)/.exec(value) ?? [];
        const [word] = paraphrase.exec(text) ?? [];
        if (type === "Block" && word) context.report({ loc, messageId: "paraphrase", data: { word } });
      }
    },
  }),
};

export default {
  files: ["**/*.ts"],
  plugins: { comments: { rules: { "first-word": firstWord } } },
  rules: { "comments/first-word": "error" },
};
