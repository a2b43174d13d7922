// When a question comes back: what was wrong after three others, and each time it is then right after more, until it is
// known. Plain functions on what is kept, so that they can be tested without a page.

/** So many others come in between, the first time and later. */
export const GAPS = [3, 7, 15];

/** Questions in a round. */
export const ROUND = 10;

const object = (value) => (value && typeof value === "object" && !Array.isArray(value) ? value : {});
const number = (value) => (Number.isSafeInteger(value) && value >= 0 ? value : 0);

/** The stored state with its missing members: an older page may have written it, or another program. */
export function whole(kept) {
  const { seen, due, round, last, ...counts } = object(kept);
  const named = Object.fromEntries(["turn", "row", "best", "right", "wrong"].map((name) => [name, number(counts[name])]));
  const waiting = Object.entries(object(due)).filter(([, one]) => Number.isSafeInteger(one?.at) && one.step in GAPS);
  return { ...named, last, seen: object(seen), due: Object.fromEntries(waiting), round: Array.isArray(round) ? round.filter(Array.isArray).slice(0, ROUND) : [] };
}

function rescheduled(due, id, isRight, turn) {
  const { [id]: before, ...others } = due;
  const step = isRight ? before && before.step + 1 : 0;
  return step in GAPS ? { ...others, [id]: { step, at: turn + GAPS[step] + 1 } } : others;
}

/** What is kept after an answer. */
export function answered(state, id, isRight) {
  const turn = state.turn + 1;
  const row = isRight ? state.row + 1 : 0;
  return {
    turn,
    row,
    best: Math.max(state.best, row),
    right: state.right + Number(isRight),
    wrong: state.wrong + Number(!isRight),
    last: id,
    seen: { ...state.seen, [id]: isRight },
    due: rescheduled(state.due, id, isRight, turn),
    round: [...state.round, [id, isRight]],
  };
}

/** The question to ask next: one that is due, or else a new one, or else one that is known. `random(n)` is below n. */
export function next(state, ids, random) {
  const others = ids.filter((id) => id !== state.last);
  const waiting = others.filter((id) => state.due[id]).sort((a, b) => state.due[a].at - state.due[b].at);
  if (waiting.length && state.due[waiting[0]].at <= state.turn + 1) return waiting[0];
  const idle = others.filter((id) => !state.due[id]);
  const fresh = idle.filter((id) => !state.seen[id]);
  const pool = fresh.length ? fresh : idle;
  return pool.length ? pool[random(pool.length)] : waiting[0];
}
