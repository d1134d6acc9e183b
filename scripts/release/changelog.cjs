// What changesets writes into a CHANGELOG.md: the text of each changeset as it is, without a commit, and one line for the
// packages of this repository that it needs in a new version. `.changeset/config.json` names this file.

module.exports = {
  /** The text of a changeset, as an item of a list. */
  async getReleaseLine({ summary }) {
    return `- ${summary.trim().split('\n').join('\n  ').replaceAll(/ +$/gm, '')}`;
  },

  /** The ranges that have changed: a package is packed with those of the day. */
  async getDependencyReleaseLine(_changesets, dependencies) {
    if (dependencies.length === 0) return '';
    const names = dependencies.map(({ name, newVersion }) => `\`${name}\` ^${newVersion}`).toSorted();
    return `- Needs ${names.join(', ')}.`;
  },
};
