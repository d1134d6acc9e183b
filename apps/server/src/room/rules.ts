/**
 * By which rules records become outcomes. Raise it when the same records would have other outcomes, or a dump another shape: servers
 * with different rules can't share rooms. Recorded conversations say when that is (CONTRIBUTING.md, "Change what the rooms do").
 */
export const RULES = 4;
