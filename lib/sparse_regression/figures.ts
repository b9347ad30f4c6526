/** @module The figures of this paper, each a pure function of records and theory. */
/** All figures. */
export const figures = {};
