//! The hallpass server and command line
