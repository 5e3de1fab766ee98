/** Script of the live page: puts newer parts in their places, keeps what the reader has opened, and counts the seconds. */
/* global document, window, EventSource, setInterval */

const parsed = (html) => {
  const template = document.createElement("template");
  template.innerHTML = html;
  return template.content;
};

/** Puts an element's newer content in its place. What is open stays open, and the focus stays where it is. */
function replace(id, html) {
  const there = document.getElementById(id);
  if (!there) return;
  const opened = [...there.querySelectorAll("details[open][id]")].map((each) => each.id);
  const focused = there.contains(document.activeElement) ? document.activeElement : undefined;
  const key = focused && (focused.id ? `#${CSS_escape(focused.id)}` : `a[href="${focused.getAttribute("href")}"]`);
  const scrolled = [...there.querySelectorAll("pre[id]")].map((each) => [each.id, each.scrollTop, isAtEnd(each)]);
  there.replaceWith(parsed(html));
  for (const each of opened) document.getElementById(each)?.setAttribute("open", "");
  for (const [each, top, atEnd] of scrolled) {
    const now = document.getElementById(each);
    if (now) now.scrollTop = atEnd ? now.scrollHeight : top;
  }
  if (key) (document.getElementById(id) ?? document).querySelector(key)?.focus({ preventScroll: true });
}

const CSS_escape = (text) => window.CSS.escape(text);
const isAtEnd = (element) => element.scrollTop + element.clientHeight >= element.scrollHeight - 4;

/** Says a duration as the server does: to the second. */
function duration(milliseconds) {
  const seconds = Math.max(0, Math.round(milliseconds / 1000));
  if (seconds < 120) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  return minutes < 120 ? `${minutes} min ${seconds % 60} s` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

function count() {
  for (const each of document.querySelectorAll("[data-since]"))
    each.textContent = duration(Date.now() - Number(each.dataset.since));
}

const say = (text) => {
  const news = document.getElementById("news");
  if (news && text && news.textContent !== text) news.textContent = text;
};

const source = new EventSource("/events");
source.addEventListener("message", ({ data }) => {
  const { parts, news } = JSON.parse(data);
  for (const [id, html] of parts) replace(id, html);
  count();
  say(news);
});
source.addEventListener("error", () => say("The connection is lost: npm run watch has ended, or is started again."));
setInterval(count, 1000);
count();
