//! Wall clocks that a test can set while servers go by them.

use std::os::unix::fs::FileExt;
use std::process::Command;

use tempfile::TempDir;

const TWO_HOURS: i64 = 2 * 3600;

/// Clocks that a test can set, one a replica.
pub struct Clocks {
    folder: TempDir,
}

impl Clocks {
    pub fn new(count: usize) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let source = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/cluster/shifted_clock.c");
        let mut compiler = Command::new("cc");
        compiler.args(["-O1", "-shared", "-fPIC", "-o"]).arg(folder.path().join("clock.so")).arg(source);
        assert!(compiler.status().expect("a C compiler").success());
        // The installation is older than any clock here is wrong: its keys are known to all of them.
        for replica in 0..count {
            std::fs::write(folder.path().join(replica.to_string()), (-TWO_HOURS).to_ne_bytes()).expect("a file");
        }
        Self { folder }
    }

    /// The environment of a replica that goes by its clock here.
    pub fn environment(&self, replica: usize) -> Vec<(String, String)> {
        let path = |name: &str| self.folder.path().join(name).display().to_string();
        vec![("LD_PRELOAD".to_owned(), path("clock.so")), ("SHIFTED_CLOCK".to_owned(), path(&replica.to_string()))]
    }

    /// Sets a clock this many seconds ahead of the right time.
    pub fn set(&self, replica: usize, ahead: i64) {
        let file = std::fs::File::options().write(true).open(self.folder.path().join(replica.to_string()));
        file.expect("it is there").write_all_at(&ahead.to_ne_bytes(), 0).expect("written");
    }

    pub fn set_all(&self, count: usize, ahead: i64) {
        (0..count).for_each(|replica| self.set(replica, ahead));
    }
}
