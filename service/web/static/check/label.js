// A label's address that proves itself: `ADDRESS#1.<key id>.<155 digits>`, against a directory that was saved.
//
// What is asked, in this order: is there a signature, is it whole, is it of this platform, is its key known and
// one for this host, does it fit the address, is the key revoked, does it sign yet. The first that fails is told.

import { fromHex, trimmed, utf8 } from "./bytes.js";
import { ALPHABET } from "./directory.js";
import { holds } from "./ed25519.js";
import { instant } from "./moments.js";
import { Problem } from "./problem.js";

const LONGEST = 2048;
const SHOWN = 40;
const FRAGMENT = new RegExp(`^1\\.([${ALPHABET}]{2})\\.([0-9]{155})$`);
const OTHER_FORMAT = /^([0-9]{1,3})\./;
/** Without the flag u, so that no letter beyond ASCII is taken for one within it. */
const ADDRESS = /^(https?:\/\/)([a-z0-9.:[\]-]+)(\/[!"$-~]*)$/i;

/** What a scanned text proves. Throws Problem `signed-code.…`. */
export async function checkLabel(text, directory, now) {
  const { address, host, id, signature } = readLabel(text);
  const hosts = [...new Set(directory.labelKeys.map((each) => each.host))];
  if (!hosts.includes(host)) {
    throw new Problem("signed-code.other-host", { host, expected: hosts.join(", ") || directory.origin });
  }
  const key = directory.labelKeys.find((each) => each.id === id);
  if (!key) throw new Problem("signed-code.key-unknown", { key: id, made_at: directory.madeAt });
  if (key.host !== host) {
    throw new Problem("signed-code.key-of-other-host", { key: id, host, expected: key.host });
  }
  if (!(await holds(key.publicKey, signature, utf8(address)))) {
    throw new Problem("signed-code.wrong", { key: id, address });
  }
  if (key.revocation) throw new Problem("signed-code.key-revoked", { key: id, since: key.revocation.since });
  const here = instant(now);
  if (here < key.since) throw new Problem("signed-code.key-not-yet", { key: id, since: key.since, now: here });
  const remarks = here < key.until ? [] : [new Problem("signed-code.key-ended", { key: id, until: key.until })];
  return { address, facts: { host, ledger: directory.origin, key: id }, remarks };
}

function readLabel(text) {
  const said = [...trimmed(text)].slice(0, LONGEST).join("");
  const mark = said.indexOf("#");
  if (mark < 0) throw new Problem("signed-code.unsigned");
  const found = FRAGMENT.exec(said.slice(mark + 1));
  if (!found) throw badFragment(said.slice(mark + 1));
  const digits = BigInt(found[2]).toString(16);
  if (digits.length > 128) throw new Problem("signed-code.fragment");
  const address = canonical(said.slice(0, mark));
  const signature = fromHex(digits.padStart(128, "0"));
  return { address, host: address.split("/")[2], id: found[1], signature };
}

function canonical(address) {
  const found = ADDRESS.exec(address);
  const beginning = found ? found[1] + found[2] : "";
  if (!found || ![beginning.toLowerCase(), beginning.toUpperCase()].includes(beginning)) {
    const value = address.length <= SHOWN ? address : `${address.slice(0, SHOWN - 1)}…`;
    throw new Problem("signed-code.address", { value });
  }
  return beginning.toLowerCase() + found[3];
}

function badFragment(fragment) {
  const other = OTHER_FORMAT.exec(fragment);
  if (other && other[1] !== "1") return new Problem("signed-code.format-unknown", { format: other[1] });
  return new Problem("signed-code.fragment");
}
