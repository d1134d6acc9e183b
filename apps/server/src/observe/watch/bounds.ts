/** How many sockets there are at most. `bridgesOfPage`: of those that say they are of one page. */
export const SOCKETS = { watchers: 8, bridges: 32, bridgesOfPage: 4 } as const;

/** All of them together. */
export const MOST_PAGE_SOCKETS: number = SOCKETS.watchers + SOCKETS.bridges;
