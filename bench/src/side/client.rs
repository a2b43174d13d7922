//! A connection that costs little: the machine is shared with what it measures.

use std::net::Ipv4Addr;

use http_body_util::{BodyExt, Full};
use hyper::body::Bytes;
use hyper::client::conn::http1::{self, SendRequest};
use hyper::header::{AUTHORIZATION, CONTENT_TYPE, HOST, HeaderValue};
use hyper::{Method, Request, StatusCode};
use hyper_util::rt::TokioIo;
use serde_json::Value;
use tokio::net::TcpStream;

use crate::Outcome;

pub(crate) struct Connection {
    sender: SendRequest<Full<Bytes>>,
    host: HeaderValue,
}

impl Connection {
    pub(crate) async fn open(port: u16) -> Outcome<Self> {
        let stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).await?;
        stream.set_nodelay(true)?;
        let (sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
        // It ends with its sender.
        tokio::spawn(connection);
        Ok(Self { sender, host: HeaderValue::from_str(&format!("127.0.0.1:{port}"))? })
    }

    pub(crate) async fn get(&mut self, path: &'static str, bearer: &HeaderValue) -> Outcome<StatusCode> {
        let request = Request::get(path).header(HOST, &self.host).header(AUTHORIZATION, bearer);
        Ok(self.send(request.body(Full::default())?).await?.0)
    }

    pub(crate) async fn post(&mut self, path: &'static str, body: &Value) -> Outcome<(StatusCode, Bytes)> {
        let request = Request::builder().method(Method::POST).uri(path).header(HOST, &self.host);
        let request = request.header(CONTENT_TYPE, "application/json");
        self.send(request.body(Full::from(body.to_string()))?).await
    }

    async fn send(&mut self, request: Request<Full<Bytes>>) -> Outcome<(StatusCode, Bytes)> {
        self.sender.ready().await?;
        let answer = self.sender.send_request(request).await?;
        let status = answer.status();
        Ok((status, answer.into_body().collect().await?.to_bytes()))
    }
}
