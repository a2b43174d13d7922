// What every challenge under a play says.

export const FRAME = {
  hint: "Choose an answer and play it. You will see what it leads to.",
  play: "Play my answer",
  choose: "Choose an answer first.",
  chooseAll: "Choose an answer for each situation first.",
  playing: "Your answer is being played…",
  played: "Your answer has been played. Open a line in the list to see what went over the wire.",
  drawing: (name) => `Your turn: ${name}`,
  right: "Right.",
  wrong: "Not right yet.",
  again: "Choose another answer and play it.",
};
