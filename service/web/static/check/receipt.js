// The file of a receipt and the statement in it: what they say, strictly, before anything of it is proved.

import { fromUtf8, hex, sha256, utf8 } from "./bytes.js";
import { NotJson, isObject, read, readCanonical, write } from "./json.js";
import { isInstant } from "./moments.js";
import { Problem } from "./problem.js";

const FORMAT = 1n;
const MAX_BYTES = 4 << 20;
const TEXTS = ["entry", "proof", "sha256"];
const TEXTS_OR_NULL = ["nonce", "promise", "statement"];
const MEMBERS = [...TEXTS, ...TEXTS_OR_NULL, "v"];
const ENTRY = /^\{"at":"([^"]*)","commit":"([0-9a-f]{64})","v":1\}$/;
const STATEMENT = ["v", "kind", "schema", "decider", "at", "actor", "data", "outcome", "judged", "breach"];

/** The members of a file. Throws Problem `receipt.…` where it is no receipt, or is written otherwise. */
export function readReceipt(bytes) {
  if (bytes.length > MAX_BYTES) {
    throw new Problem("receipt.too-large", { size: bytes.length, limit: MAX_BYTES });
  }
  const text = textOf(bytes);
  const { value, twice } = parsed(text);
  if (!isObject(value) || typeof value.v !== "bigint") throw new Problem("receipt.misshapen", { member: "v" });
  if (value.v !== FORMAT) throw new Problem("receipt.unknown-format", { found: value.v, known: FORMAT });
  demandMembers(value);
  if (twice.size) throw new Problem("receipt.key-twice", { member: [...twice][0] });
  if (write(value) !== text) throw new Problem("receipt.not-canonical");
  if (value.nonce !== null && !/^[0-9a-f]{64}$/.test(value.nonce)) throw new Problem("receipt.nonce-malformed");
  return value;
}

/** Throws Problem `receipt.not-whole` where the file's own digest is not that of what it says. */
export async function demandWhole({ sha256: digest, ...rest }) {
  if (hex(await sha256(utf8(write(rest)))) !== digest) throw new Problem("receipt.not-whole");
}

/** The recorded time and the commitment (hex) of a public entry. */
export function readEntry(text) {
  const found = ENTRY.exec(text);
  if (!found || !isInstant(found[1])) throw new Problem("receipt.entry-malformed");
  return { at: found[1], commitment: found[2] };
}

/** A disclosed statement. Throws Problem `receipt.statement-…`. */
export function readStatement(text) {
  let value;
  try {
    value = readCanonical(text);
  } catch {
    throw new Problem("receipt.statement-not-canonical");
  }
  if (!isStatement(value)) throw new Problem("receipt.statement-unknown");
  return value;
}

function isStatement(value) {
  const optional = ["policy", "corrects", "signature"];
  return (
    has(value, [...STATEMENT, "idempotency"], optional) &&
    value.v === 1n &&
    has(value.actor, ["organisation"], ["user", "token"]) &&
    Array.isArray(value.breach) &&
    Array.isArray(value.judged) &&
    value.judged.every((each) => Array.isArray(each) && each.length === 2) &&
    (value.idempotency === null || has(value.idempotency, ["key", "request"]))
  );
}

/** Whether it is an object with these members, and none beyond the optional ones. */
const has = (value, members, optional = []) =>
  isObject(value) &&
  members.every((name) => name in value) &&
  Object.keys(value).every((name) => members.includes(name) || optional.includes(name));

function textOf(bytes) {
  try {
    return fromUtf8(bytes);
  } catch {
    // Up to the fault the bytes come back as they were.
    const again = utf8(new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes));
    throw new Problem("receipt.not-utf8", { byte: bytes.findIndex((byte, at) => byte !== again[at]) });
  }
}

function parsed(text) {
  try {
    return read(text);
  } catch (error) {
    if (!(error instanceof NotJson)) throw error;
    throw new Problem("receipt.not-json", { line: error.line, column: error.column });
  }
}

function demandMembers(value) {
  const names = Object.keys(value);
  const odd = [...MEMBERS.filter((name) => !(name in value)), ...names.filter((name) => !MEMBERS.includes(name))];
  const ill = [
    ...TEXTS.filter((name) => typeof value[name] !== "string"),
    ...TEXTS_OR_NULL.filter((name) => value[name] !== null && typeof value[name] !== "string"),
  ];
  const [first] = [...odd.sort(), ...ill];
  if (first !== undefined) throw new Problem("receipt.misshapen", { member: first.slice(0, 40) });
}
