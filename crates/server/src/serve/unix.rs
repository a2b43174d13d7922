//! The file of a Unix socket: made with its mode, taken over from a dead process only, removed at the end.

use std::fs::{self, Permissions};
use std::io;
use std::os::unix::fs::{FileTypeExt, MetadataExt, PermissionsExt};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};

/// A socket's file, removed when it is dropped.
#[derive(Debug)]
pub(super) struct SocketFile {
    path: PathBuf,
    /// Device and inode: the path may be another process's by then.
    id: (u64, u64),
}

impl SocketFile {
    /// Listens there. The mode says who may connect, and every peer counts as the proxy: so the socket
    /// is made under another name, and appears only once its mode is right.
    pub(super) fn bind(path: &Path, mode: u32) -> io::Result<(UnixListener, Self)> {
        clear(path)?;
        let new = path.with_extension(format!("{}.new", std::process::id()));
        let listener = UnixListener::bind(&new)?;
        // A link, not a rename: it does not replace what another process has put there meanwhile.
        let shown = fs::set_permissions(&new, Permissions::from_mode(mode)).and_then(|()| fs::hard_link(&new, path));
        let removed = fs::remove_file(&new);
        shown.and(removed)?;
        let data = fs::symlink_metadata(path)?;
        Ok((listener, Self { path: path.to_owned(), id: (data.dev(), data.ino()) }))
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }
}

impl Drop for SocketFile {
    fn drop(&mut self) {
        let is_ours = |data: &fs::Metadata| (data.dev(), data.ino()) == self.id;
        if fs::symlink_metadata(&self.path).is_ok_and(|data| is_ours(&data)) {
            drop(fs::remove_file(&self.path));
        }
    }
}

/// Removes a socket that no process listens on. Anything else that is there stays, and is an error.
fn clear(path: &Path) -> io::Result<()> {
    match fs::symlink_metadata(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(error),
        Ok(data) if !data.file_type().is_socket() => {
            return Err(io::Error::new(io::ErrorKind::AlreadyExists, "a file that is not a socket is there"));
        }
        Ok(_) => {}
    }
    match UnixStream::connect(path) {
        Ok(_) => Err(io::Error::new(io::ErrorKind::AddrInUse, "another process listens there")),
        Err(error) if error.kind() == io::ErrorKind::ConnectionRefused => fs::remove_file(path),
        Err(error) => Err(error),
    }
}
