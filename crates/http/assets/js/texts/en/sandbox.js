// What the lab says when its server does not do what was asked, by the code of the problem.

export const PROBLEMS = {
  unreachable: "The server cannot be reached. Is it still running?",
  unavailable: "The server cannot do this at the moment. Please try again.",
  lab_full: "Every sandbox of the lab is in use. Please try again in a few minutes.",
  lab_busy: "That was too fast for the lab. Wait a second and try again.",
  lab_gone: "This sandbox has ended. Please try again in a new one.",
  lab_limit: "This sandbox is full. Start over with an empty one.",
  no_server: "This needs a sandbox, which is a whole auth server. This copy of the lab is files only. `hallpass lab` serves all of it.",
};
