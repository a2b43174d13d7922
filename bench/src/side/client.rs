//! A connection that costs little: the machine is shared with what it measures.

use std::io::Write as _;
use std::net::Ipv4Addr;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::Outcome;

/// More than any answer here has.
const HEADERS: usize = 64;

/// HTTP/1.1, one request at a time, kept alive.
pub(crate) struct Connection {
    stream: TcpStream,
    host: String,
    read: Vec<u8>,
}

/// Where an answer's body lies in what was read.
struct Head {
    status: u16,
    length: usize,
    body_at: usize,
}

impl Connection {
    pub(crate) async fn open(port: u16) -> Outcome<Self> {
        let stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).await?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, host: format!("127.0.0.1:{port}"), read: Vec::with_capacity(4096) })
    }

    /// A request that can be sent again and again.
    pub(crate) fn get(&self, path: &str, bearer: &str) -> Vec<u8> {
        format!("GET {path} HTTP/1.1\r\nhost: {}\r\nauthorization: Bearer {bearer}\r\n\r\n", self.host).into_bytes()
    }

    pub(crate) fn post(&self, path: &str, body: &[u8]) -> Vec<u8> {
        let mut request = Vec::with_capacity(body.len() + 160);
        let (host, length) = (&self.host, body.len());
        // Writing to memory cannot fail.
        let _ = write!(request, "POST {path} HTTP/1.1\r\nhost: {host}\r\ncontent-type: application/json\r\n");
        let _ = write!(request, "content-length: {length}\r\n\r\n");
        request.extend_from_slice(body);
        request
    }

    /// Sends what [`Connection::get`] or [`Connection::post`] has made; answers with status and body.
    pub(crate) async fn send(&mut self, request: &[u8]) -> Outcome<(u16, &[u8])> {
        self.stream.write_all(request).await?;
        self.read.clear();
        loop {
            if self.stream.read_buf(&mut self.read).await? == 0 {
                return Err("the connection was closed before the answer".into());
            }
            if let Some(head) = head(&self.read)? {
                let end = head.body_at + head.length;
                while self.read.len() < end {
                    if self.stream.read_buf(&mut self.read).await? == 0 {
                        return Err("the connection was closed within an answer".into());
                    }
                }
                return Ok((head.status, &self.read[head.body_at..end]));
            }
        }
    }
}

fn head(read: &[u8]) -> Outcome<Option<Head>> {
    let mut headers = [httparse::EMPTY_HEADER; HEADERS];
    let mut answer = httparse::Response::new(&mut headers);
    let httparse::Status::Complete(body_at) = answer.parse(read)? else { return Ok(None) };
    let status = answer.code.ok_or("no status")?;
    let length = answer.headers.iter().find(|header| header.name.eq_ignore_ascii_case("content-length"));
    let length = length.ok_or("an answer without a length")?.value;
    Ok(Some(Head { status, length: std::str::from_utf8(length)?.trim().parse()?, body_at }))
}
