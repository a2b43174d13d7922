// The result of a round, with a picture of it that is painted here and leaves the browser only by its owner's hand.

import { button, h } from "../dom.js";
import { speak } from "./parts.js";
import { words } from "../language.js";

const { RESULT } = await words("game");

const [WIDTH, HEIGHT] = [1200, 630];
// A picture is the same wherever it is shown: it has no light and no dark.
const COLOURS = { paper: "#f6f1e6", card: "#fffdf8", ink: "#231d17", soft: "#655b4d", seal: "#982a20", good: "#2c6542", line: "#ddd2be", onSeal: "#fff7ee" };
const FONT = 'system-ui, -apple-system, "Segoe UI", sans-serif';

/** Writes a line, in smaller letters where it is wider than its room. */
function write(brush, text, x, y, { size, weight = 400, colour = COLOURS.ink, align = "left", room = WIDTH }) {
  const set = (to) => (brush.font = `${weight} ${to}px ${FONT}`);
  set(size);
  set(size * Math.min(1, room / brush.measureText(text).width));
  brush.fillStyle = colour;
  brush.textAlign = align;
  brush.fillText(text, x, y);
}

function seal(brush, right, of) {
  brush.fillStyle = COLOURS.seal;
  brush.beginPath();
  brush.arc(925, 300, 165, 0, 2 * Math.PI);
  brush.fill();
  write(brush, `${right}/${of}`, 925, 338, { size: 110, weight: 700, colour: COLOURS.onSeal, align: "center", room: 280 });
}

/** A square for each answer, in the order of the game. */
function squares(brush, round) {
  round.forEach(([, isRight], index) => {
    const x = 100 + index * 56;
    brush.fillStyle = isRight ? COLOURS.good : COLOURS.card;
    brush.strokeStyle = isRight ? COLOURS.good : COLOURS.soft;
    brush.lineWidth = 3;
    brush.beginPath();
    brush.rect(x, 350, 42, 42);
    brush.fill();
    brush.stroke();
    write(brush, isRight ? "✓" : "✗", x + 21, 381, { size: 28, weight: 700, colour: isRight ? COLOURS.onSeal : COLOURS.soft, align: "center" });
  });
}

/** The picture, for a round and what is known by now. */
export function picture({ round, known, all, best }) {
  const canvas = h("canvas", { width: WIDTH, height: HEIGHT, class: "picture", id: "picture", role: "img", "aria-label": sentence({ round, known, all, best }) });
  const brush = canvas.getContext("2d");
  brush.fillStyle = COLOURS.paper;
  brush.fillRect(0, 0, WIDTH, HEIGHT);
  brush.fillStyle = COLOURS.card;
  brush.strokeStyle = COLOURS.line;
  brush.lineWidth = 4;
  brush.beginPath();
  brush.roundRect(50, 50, WIDTH - 100, HEIGHT - 100, 24);
  brush.fill();
  brush.stroke();
  write(brush, RESULT.picture, 100, 140, { size: 34, weight: 600, colour: COLOURS.soft });
  write(brush, RESULT.subject, 100, 220, { size: 64, weight: 700, room: 620 });
  write(brush, RESULT.right(right(round), round.length), 100, 300, { size: 44, weight: 600, colour: COLOURS.seal, room: 620 });
  squares(brush, round);
  write(brush, RESULT.known(known, all, best), 100, 470, { size: 32, colour: COLOURS.soft, room: 620 });
  write(brush, `${location.host}/lab#quiz`, 100, 530, { size: 28, colour: COLOURS.soft, room: 1000 });
  seal(brush, right(round), round.length);
  return canvas;
}

const right = (round) => round.filter(([, isRight]) => isRight).length;

const sentence = ({ round, known, all, best }) => RESULT.sentence(right(round), round.length, known, all, best);

const blobOf = (canvas) => new Promise((done) => canvas.toBlob(done, "image/png"));

async function download(canvas) {
  const url = URL.createObjectURL(await blobOf(canvas));
  h("a", { href: url, download: "hallpass-lab.png" }).click();
  // The download has begun with the click; the memory is given back once it has surely been read.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}

async function copy(canvas, said) {
  try {
    await navigator.clipboard.write([new ClipboardItem({ "image/png": blobOf(canvas) })]);
    said.textContent = RESULT.copied;
  } catch {
    said.textContent = RESULT.notCopied;
  }
  speak(said.textContent);
}

/** The end of a round. */
export function view(result, missed, again) {
  const canvas = picture(result);
  const said = h("p", { class: "soft", id: "picture-message" }, RESULT.painted);
  return [
    h("h3", { id: "question-text", tabindex: "-1" }, RESULT.right(right(result.round), result.round.length)),
    h("p", {}, sentence(result)),
    missed.length > 0 && [h("p", {}, RESULT.missed), h("ul", { class: "missed" }, missed.map((text) => h("li", {}, text)))],
    canvas, said,
    h("div", { class: "row" },
      button(RESULT.again, again, { kind: "primary", id: "next-round" }),
      button(RESULT.download, () => download(canvas), { id: "download-picture" }),
      button(RESULT.copy, () => copy(canvas, said), { id: "copy-picture" })),
  ];
}
