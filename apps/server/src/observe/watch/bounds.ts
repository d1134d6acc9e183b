/** The most sockets of each kind. `bridgesOfPage`: bridges with the same page name. */
export const SOCKETS = { watchers: 8, bridges: 32, bridgesOfPage: 4 } as const;

/** All of them together. */
export const MOST_PAGE_SOCKETS: number = SOCKETS.watchers + SOCKETS.bridges;
