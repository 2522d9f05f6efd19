// What was found, for people: what is proved and what is not. Nothing that was read becomes markup.

import { asRead } from "./moments.js";
import { Problem } from "./problem.js";

function element(name, text, ...classes) {
  const made = document.createElement(name);
  made.textContent = text;
  made.classList.add(...classes);
  return made;
}

/** A note: good, bad or something to heed. */
export function note(kind, title, ...sentences) {
  const made = element("div", "", "note", kind);
  made.append(element("h3", title), ...sentences.map((sentence) => element("p", sentence)));
  return made;
}

/** A Problem in words. Whatever else was thrown is a defect, and goes on. */
export function refusal(error, words, kind = "bad") {
  if (!(error instanceof Problem)) throw error;
  const { title, detail, remedy } = words.explain(error);
  const made = note(kind, title, detail, remedy);
  made.dataset.code = error.code;
  return made;
}

export function labelVerdict({ address, facts, remarks }, words) {
  const made = note("good", words.say("check.label-holds"), words.label(facts), address);
  return [made, ...remarks.map((remark) => refusal(remark, words, "wait"))];
}

export function receiptVerdict(file, proved, words) {
  const [title, ...sentences] = provedSentences(file, proved, words);
  const made = note("good", title, ...sentences);
  if (proved.said !== null) made.append(disclosed(proved.said, words));
  return [made];
}

function disclosed(said, words) {
  const made = document.createElement("details");
  made.append(element("summary", words.say("check.said")), element("code", said));
  return made;
}

function provedSentences(file, proved, words) {
  const { position, at, checkpoint, keys, cosignatures, unchecked, statement, promised } = proved;
  const key = keys.map((each) => each.vkey).join(", ");
  const sentences = [
    words.proved("proved", { file }),
    words.proved("entry", { position, ledger: checkpoint.origin, at: asRead(at) }),
    words.proved("checkpoint", { size: checkpoint.size, key }),
  ];
  if (promised) sentences.push(words.proved("promised"));
  for (const each of cosignatures) {
    sentences.push(words.proved("cosigned", { witness: each.witness.name, at: asRead(each.at) }));
  }
  if (!cosignatures.length) sentences.push(words.proved("uncosigned"));
  if (unchecked.length) sentences.push(words.proved("unchecked", { names: unchecked.join(", ") }));
  const { kind, actor } = statement ?? {};
  sentences.push(
    statement
      ? words.proved("statement", { kind, organisation: actor.organisation })
      : words.proved("undisclosed"),
  );
  return [...sentences, words.proved("not_proved")];
}
