//! A network between a client and a server that does what the test says.

use std::io;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

/// How the network behaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Network {
    /// Bytes pass.
    Fine,
    /// Every connection is closed, and no new one lives.
    Down,
    /// Connections stay open and nothing passes: a cable that was pulled.
    Silent,
    /// What the server says takes this long.
    Slow(Duration),
    /// What the client says arrives; the connection is cut before the answer does.
    CutsAnswers,
}

/// A proxy on a port and a thread of its own: a test that blocks does not hold up its network.
#[derive(Debug)]
pub struct Proxy {
    port: u16,
    network: watch::Sender<Network>,
}

impl Proxy {
    /// Stands in for a server on the loopback interface, until it is dropped.
    ///
    /// # Panics
    /// When no port is free.
    pub fn to(server: u16) -> Self {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
        listener.set_nonblocking(true).expect("a socket");
        let port = listener.local_addr().expect("an address").port();
        let network = watch::Sender::new(Network::Fine);
        let watched = network.subscribe();
        std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            runtime.expect("a runtime").block_on(accept(listener, server, watched));
        });
        Self { port, network }
    }

    /// Its port.
    pub const fn port(&self) -> u16 {
        self.port
    }

    /// From now on the network behaves like this.
    pub fn becomes(&self, network: Network) {
        self.network.send_replace(network);
    }
}

async fn accept(listener: std::net::TcpListener, server: u16, mut network: watch::Receiver<Network>) {
    let Ok(listener) = TcpListener::from_std(listener) else { return };
    let watched = network.clone();
    let is_over = async move { while network.changed().await.is_ok() {} };
    tokio::pin!(is_over);
    loop {
        let client = tokio::select! {
            () = &mut is_over => return,
            accepted = listener.accept() => accepted,
        };
        let Ok((client, _)) = client else { return };
        let network = watched.clone();
        tokio::spawn(async move {
            // A connection that breaks is what this is for.
            let _ = carry(client, server, network).await;
        });
    }
}

async fn carry(client: TcpStream, port: u16, network: watch::Receiver<Network>) -> io::Result<()> {
    if *network.borrow() == Network::Down {
        return Ok(());
    }
    let server = TcpStream::connect(("127.0.0.1", port)).await?;
    client.set_nodelay(true)?;
    server.set_nodelay(true)?;
    let ((from_client, to_client), (from_server, to_server)) = (client.into_split(), server.into_split());
    let mut cut = network.clone();
    tokio::select! {
        ended = pump(from_client, to_server, network.clone(), Way::There) => ended,
        ended = pump(from_server, to_client, network, Way::Back) => ended,
        _ = cut.wait_for(|network| *network == Network::Down) => Ok(()),
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Way {
    There,
    Back,
}

async fn pump(
    mut from: OwnedReadHalf,
    mut to: OwnedWriteHalf,
    mut network: watch::Receiver<Network>,
    way: Way,
) -> io::Result<()> {
    let mut buffer = vec![0; 64 * 1024];
    loop {
        let count = from.read(&mut buffer).await?;
        if count == 0 {
            return Ok(());
        }
        let present = *network.borrow();
        match present {
            Network::Slow(time) if way == Way::Back => tokio::time::sleep(time).await,
            Network::CutsAnswers if way == Way::Back => return Ok(()),
            // What was sent into silence is delivered when it ends, as TCP does.
            Network::Silent => {
                let ended = network.wait_for(|network| *network != Network::Silent).await;
                ended.map_err(|_| io::Error::other("the test is over"))?;
            }
            _ => {}
        }
        to.write_all(&buffer[..count]).await?;
    }
}
