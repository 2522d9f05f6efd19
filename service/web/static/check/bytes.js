// Bytes as texts, in the one spelling that each has, and their digest.

/** White space as the formats know it: the signed texts were judged by the same set. */
export const SPACE = "\\t-\\r\\x1c- \\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000";

const ENDS = new RegExp(`^[${SPACE}]+|[${SPACE}]+$`, "g");

export const trimmed = (text) => text.replace(ENDS, "");

export const utf8 = (text) => new TextEncoder().encode(text);

/** The text of these bytes; throws TypeError where they are none. A byte order mark is a character. */
export const fromUtf8 = (bytes) => new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);

/** Standard base64: padded, no spaces, no stray bits. Throws for any other spelling. */
export function fromBase64(text) {
  const raw = atob(text);
  if (btoa(raw) !== text) throw new Error("not canonical base64");
  return Uint8Array.from(raw, (character) => character.charCodeAt(0));
}

export const hex = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");

export const fromHex = (text) => Uint8Array.from(text.match(/../g) ?? [], (pair) => parseInt(pair, 16));

export function joined(...parts) {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

export const same = (one, other) => hex(one) === hex(other);

/** The number that these bytes are, the most significant first. */
export const number = (bytes) => BigInt(`0x0${hex(bytes)}`);

export const sha256 = async (bytes) => new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
