// The words of one language, as the page's edition has them: those of the catalogue, and of the page itself.

import { asRead } from "./moments.js";

export class Words {
  constructor(told) {
    this.told = told;
  }

  /** A text of the page. */
  say(key, facts = {}) {
    return filled(this.told.texts[key], facts);
  }

  /** A sentence on a receipt that holds. */
  proved(key, facts = {}) {
    return filled(this.told.receipt[key], facts);
  }

  /** What a label that holds proves, and what not. */
  label(facts) {
    return filled(this.told.label, facts);
  }

  /** Title, detail and remedy of a Problem. */
  explain({ code, facts }) {
    const spoken = Object.fromEntries(Object.entries(facts).map(([name, fact]) => [name, shown(fact)]));
    const { title, detail, remedy } = this.told.problems[code];
    return { title, detail: filled(detail, spoken), remedy: filled(remedy, spoken) };
  }
}

const filled = (text, facts) => text.replace(/\{(\w+)\}/g, (_, name) => String(facts[name]));

const shown = (fact) => (fact === null ? "—" : typeof fact === "string" ? asRead(fact) : fact);
