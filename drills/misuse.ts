/** Error in the command line, or in the configuration that a command reads. */
export class Misuse extends Error {}
