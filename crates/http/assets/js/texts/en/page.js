// The pages' own markup is written in English: there is nothing to put in its place.

export const PAGE = {};
