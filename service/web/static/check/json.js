// JSON read strictly, and canonical JSON (RFC 8785 for what is let in: no floats, keys of ASCII).
//
// The browser's own reader forgets what is judged here: that a member stood twice, that 1.0 is no integer,
// where the fault is. Integers are BigInt, other numbers Number. No more levels than the Python reader takes.

const MAX_DEPTH = 1024;
const MAX_CANONICAL_DEPTH = 32;
const MAX_CANONICAL_BYTES = 1 << 20;
const MAX_INTEGER = 2n ** 53n - 1n;
const LONE_SURROGATE = /[\ud800-\udfff]/u;
const NUMBER = /-?(?:0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?/y;
const STRING = /"[^"\\]*(?:\\.[^"\\]*)*"/sy;
const WORD = /true|false|null/y;
const BLANK = /[ \t\n\r]*/y;
const WORDS = { true: true, false: false, null: null };

export class NotJson extends Error {
  constructor(text, at) {
    super("not JSON");
    const lines = text.slice(0, at).split("\n");
    this.line = lines.length;
    this.column = lines.at(-1).length + 1;
  }
}

class Reader {
  constructor(text) {
    this.text = text;
    this.at = 0;
    this.depth = 0;
    this.twice = new Set();
  }

  fail() {
    throw new NotJson(this.text, this.at);
  }

  /** What `pattern` finds here, or null. */
  match(pattern) {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text);
    if (found) this.at += found[0].length;
    return found;
  }

  takes(character) {
    this.match(BLANK);
    if (this.text[this.at] !== character) return false;
    this.at += 1;
    return true;
  }

  demand(character) {
    if (!this.takes(character)) this.fail();
  }

  whole() {
    const value = this.value();
    this.match(BLANK);
    if (this.at < this.text.length) this.fail();
    return value;
  }

  value() {
    this.match(BLANK);
    const first = this.text[this.at];
    if (first === '"') return this.string();
    if (first === "{" || first === "[") return this.container(first);
    const word = this.match(WORD);
    return word ? WORDS[word[0]] : this.number();
  }

  string() {
    const found = this.match(STRING) ?? this.fail();
    try {
      const text = JSON.parse(found[0]);
      if (!LONE_SURROGATE.test(text)) return text;
    } catch {
      // A control character, or an escape that there is not: the same fault.
    }
    return this.fail();
  }

  number() {
    const [text, fraction, exponent] = this.match(NUMBER) ?? this.fail();
    if (!Number.isFinite(Number(text))) this.fail();
    const whole = fraction || exponent ? null : BigInt(text);
    // What has more than 64 bits is no integer to the other readers either.
    return whole !== null && whole >= -(2n ** 63n) && whole < 2n ** 64n ? whole : Number(text);
  }

  container(opening) {
    this.depth += 1;
    if (this.depth > MAX_DEPTH) this.fail();
    this.at += 1;
    const value = opening === "{" ? this.members() : this.items();
    this.depth -= 1;
    return value;
  }

  items() {
    const items = [];
    if (this.takes("]")) return items;
    do items.push(this.value());
    while (this.takes(","));
    this.demand("]");
    return items;
  }

  members() {
    // Without a prototype: no name means anything by itself.
    const members = Object.create(null);
    if (this.takes("}")) return members;
    do {
      this.match(BLANK);
      const name = this.string();
      this.demand(":");
      if (this.depth === 1 && name in members) this.twice.add(name);
      members[name] = this.value();
    } while (this.takes(","));
    this.demand("}");
    return members;
  }
}

/** The value, and which members of the outermost object stand there twice. Throws NotJson. */
export function read(text) {
  const reader = new Reader(text);
  return { value: reader.whole(), twice: reader.twice };
}

export const isObject = (value) => typeof value === "object" && value !== null && !Array.isArray(value);

/** Canonical JSON of texts, integers, booleans, nulls, lists and objects. */
export function write(value) {
  if (typeof value === "bigint") return value.toString();
  if (Array.isArray(value)) return `[${value.map(write).join(",")}]`;
  if (!isObject(value)) return JSON.stringify(value);
  const members = Object.keys(value).sort();
  return `{${members.map((name) => `${JSON.stringify(name)}:${write(value[name])}`).join(",")}}`;
}

/** The value that `text` is the canonical form of. Throws where it is none. */
export function readCanonical(text) {
  const { value } = read(text);
  const bytes = new TextEncoder().encode(text).length;
  if (bytes > MAX_CANONICAL_BYTES || !isAdmissible(value, MAX_CANONICAL_DEPTH) || write(value) !== text) {
    throw new Error("not canonical");
  }
  return value;
}

function isAdmissible(value, depth) {
  if (typeof value === "number") return false;
  if (typeof value === "bigint") return value >= -MAX_INTEGER && value <= MAX_INTEGER;
  if (typeof value !== "object" || value === null) return true;
  const isAscii = Array.isArray(value) || Object.keys(value).every((name) => /^[\0-\x7f]*$/.test(name));
  return depth > 0 && isAscii && Object.values(value).every((inner) => isAdmissible(inner, depth - 1));
}
