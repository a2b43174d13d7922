//! Who is in the history, and with what they come.

/// Names that are easy to tell apart; their addresses are of RFC 2606, so no letter ever reaches anybody.
pub(super) const NAMES: [&str; 40] = [
    "ada",
    "grace",
    "margaret",
    "edsger",
    "barbara",
    "alan",
    "hedy",
    "dennis",
    "radia",
    "donald",
    "frances",
    "ken",
    "katherine",
    "tony",
    "jean",
    "claude",
    "mary",
    "john",
    "evelyn",
    "niklaus",
    "karen",
    "leslie",
    "annie",
    "bjarne",
    "susan",
    "guido",
    "lynn",
    "larry",
    "adele",
    "brian",
    "shafi",
    "whitfield",
    "marian",
    "martin",
    "joan",
    "ralph",
    "anita",
    "vint",
    "elizabeth",
    "tim",
];

/// The address of the person at a place.
pub(super) fn address(index: usize) -> String {
    format!("{}@example.com", NAMES[index % NAMES.len()])
}

/// Addresses of the networks for documentation (RFC 5737), and what is announced from there.
pub(super) const CLIENTS: [(&str, [u8; 4]); 6] = [
    ("Mozilla/5.0 (X11; Linux x86_64; rv:143.0) Gecko/20100101 Firefox/143.0", [192, 0, 2, 14]),
    (
        "Mozilla/5.0 (Macintosh; Intel Mac OS X 15_5) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Safari/605.1.15",
        [192, 0, 2, 77],
    ),
    (
        "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 Version/18.5 Mobile/15E148 Safari/604.1",
        [198, 51, 100, 23],
    ),
    (
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36",
        [198, 51, 100, 140],
    ),
    (
        "Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Mobile Safari/537.36",
        [198, 51, 100, 201],
    ),
    ("notes-cli/2.4 (linux)", [192, 0, 2, 200]),
];

/// Who guesses, and who steals.
pub(super) const STRANGER: (&str, [u8; 4]) = ("python-requests/2.32.3", [203, 0, 113, 66]);
