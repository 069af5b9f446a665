// Where one is, as the part of the URL behind the #: #channel, or #channel/thread.

export const address = (channel, thread) => `#${[channel, thread].filter(Boolean).map(encodeURIComponent).join("/")}`;

/** The place of the page's URL; empty where it names none. */
export function wanted() {
  try {
    const [channel = "", thread = ""] = location.hash.slice(1).split("/").map(decodeURIComponent);
    return { channel, thread };
  } catch {
    return { channel: "", thread: "" };
  }
}

/** Say in the URL where one is, so that it can be kept, sent on, and gone back to. */
export function remember(channel, thread) {
  const here = address(channel, thread);
  const now = wanted();
  if (now.channel === channel && now.thread === thread) return;
  if (location.hash) history.pushState(null, "", here);
  else history.replaceState(null, "", here);
}
