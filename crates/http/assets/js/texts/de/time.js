// Times that are no number.

export const TIME = { soon: "gleich", now: "gerade eben", never: "nie" };
