// What is wrong: a code of the catalogue, whose words the page was given, and the facts that broke the rule.

export class Problem extends Error {
  constructor(code, facts = {}) {
    super(code);
    this.code = code;
    this.facts = facts;
  }
}

/** Bytes that are not what the formats say, in words for engineers. */
export class Malformed extends Error {}
