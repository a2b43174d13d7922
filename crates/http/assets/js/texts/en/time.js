// Times that are no number.

export const TIME = { soon: "in a moment", now: "just now", never: "never" };
