//! A mail server of the test's own: exim, which takes mails and keeps them.

use std::fs;
use std::net::{Ipv4Addr, TcpStream};
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use tempfile::TempDir;

use crate::Certificate;
use crate::ports::free_port;

/// How long a server may take to answer, on a machine that is busy.
const PATIENCE: Duration = Duration::from_secs(30);
const POLL: Duration = Duration::from_millis(20);

/// A running mail server, killed when it is dropped. It offers STARTTLS, puts off who begins with `slow` (451), knows no
/// mailbox that begins with `gone` (550), wants no mail to `full` (554), and takes what is for others.
#[derive(Debug)]
pub struct MailServer {
    port: u16,
    folder: TempDir,
    child: Option<Child>,
}

impl MailServer {
    /// Starts one.
    ///
    /// # Panics
    /// When it does not start.
    pub fn start() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        // Exim gives up its rights, and must still be able to write there.
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o777)).expect("a folder");
        let certificate = Certificate::of("localhost");
        fs::write(folder.path().join("cert.pem"), &certificate.certificate).expect("a file");
        fs::write(folder.path().join("authority.pem"), &certificate.authority).expect("a file");
        fs::write(folder.path().join("key.pem"), &certificate.key).expect("a file");
        fs::set_permissions(folder.path().join("key.pem"), fs::Permissions::from_mode(0o644)).expect("a file");
        let mut server = Self { port: free_port(), folder, child: None };
        server.start_again();
        server
    }

    /// Its port on the loopback interface.
    pub const fn port(&self) -> u16 {
        self.port
    }

    /// The authority of its certificate, for `localhost`; PEM.
    pub fn authority(&self) -> PathBuf {
        self.folder.path().join("authority.pem")
    }

    /// SIGKILL.
    ///
    /// # Panics
    /// When it cannot be waited for.
    pub fn stop(&mut self) {
        if let Some(mut child) = self.child.take() {
            drop(child.kill());
            child.wait().expect("it ends");
        }
    }

    /// Starts it again on the same port, with the mails that it has.
    ///
    /// # Panics
    /// When it does not start.
    pub fn start_again(&mut self) {
        self.stop();
        let config = self.folder.path().join("exim.conf");
        fs::write(&config, self.configuration()).expect("a file");
        let mut command = Command::new("exim4");
        command.arg("-C").arg(&config).args(["-bdf", "-oX", &self.port.to_string()]);
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        self.child = Some(command.spawn().expect("exim4 is installed: see ./test"));
        let begun = Instant::now();
        while TcpStream::connect((Ipv4Addr::LOCALHOST, self.port)).is_err() {
            assert!(begun.elapsed() < PATIENCE, "exim4 does not listen on port {}", self.port);
            sleep(POLL);
        }
    }

    /// Where its mails stand: a file `…-H` with the header of each, and a file `…-D` with its body.
    pub fn spool(&self) -> PathBuf {
        self.folder.path().join("spool/input")
    }

    /// The mails that it has taken, envelope and header before the body, in no order.
    ///
    /// # Panics
    /// When its folder cannot be read.
    pub fn taken(&self) -> Vec<String> {
        let Ok(entries) = fs::read_dir(self.spool()) else { return Vec::new() };
        let paths = entries.map(|entry| entry.expect("an entry").path());
        let bodies = paths.filter(|path| path.to_string_lossy().ends_with("-D"));
        bodies.filter_map(|body| whole(&body.to_string_lossy())).collect()
    }

    /// How often it was connected to.
    ///
    /// # Panics
    /// When it has written no log.
    pub fn connections(&self) -> usize {
        let log = fs::read_to_string(self.folder.path().join("mainlog")).expect("a log");
        log.lines().filter(|line| line.contains("SMTP connection from")).count()
    }

    /// Waits until it has taken so many mails.
    ///
    /// # Panics
    /// When they do not come.
    pub fn wait_for(&self, count: usize) -> Vec<String> {
        let begun = Instant::now();
        loop {
            let taken = self.taken();
            if taken.len() >= count {
                return taken;
            }
            assert!(begun.elapsed() < PATIENCE * 2, "{} of {count} mails have come", taken.len());
            sleep(POLL);
        }
    }

    fn configuration(&self) -> String {
        let at = self.folder.path().display();
        format!(
            "spool_directory = {at}/spool\nlog_file_path = {at}/%slog\npid_file_path = {at}/pid\n\
            local_interfaces = 127.0.0.1\nprimary_hostname = mail.test\nqueue_only = true\n\
            split_spool_directory = false\nkeep_environment =\nlog_selector = +smtp_connection\nrfc1413_query_timeout = 0s\nhost_lookup =\n\
            smtp_accept_max = 100\ntls_advertise_hosts = *\ntls_certificate = {at}/cert.pem\n\
            tls_privatekey = {at}/key.pem\nacl_smtp_rcpt = rcpt\nacl_smtp_data = accept\n\
            begin acl\nrcpt:\n\
            \x20 defer condition = ${{if match{{$local_part}}{{^slow}}}}\n        message = 4.2.0 Try again later\n\
            \x20 deny condition = ${{if match{{$local_part}}{{^gone}}}}\n       message = 5.1.1 No such mailbox\n\
            \x20 deny condition = ${{if match{{$local_part}}{{^full}}}}\n       message = 554 5.7.1 Not wanted\n\
            \x20 accept\n"
        )
    }
}

/// A mail in the spool is two files. One that has no header yet is not there yet.
fn whole(body: &str) -> Option<String> {
    let header = fs::read_to_string(format!("{}-H", body.strip_suffix("-D")?)).ok()?;
    let body = fs::read_to_string(body).ok()?;
    Some(format!("{header}\n{}", body.replace("=\n", "").replace("=3D", "=")))
}

impl Drop for MailServer {
    fn drop(&mut self) {
        self.stop();
    }
}
