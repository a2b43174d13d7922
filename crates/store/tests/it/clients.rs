//! Service clients, and single values about the installation.

use hallpass_model::ClientId;
use hallpass_model::audit::Event;
use hallpass_model::client::{Proof, ServiceClient};
use hallpass_store::op;

use crate::support::{World, act, at};

pub fn client(n: u8, name: &str) -> op::CreateClient {
    let proof = if n == 3 { Proof::PublicJwk("{\"kty\":\"OKP\"}".to_owned()) } else { Proof::SecretHash([n; 32]) };
    let (id, name) = (ClientId::new(at(0), [n; 10]), name.to_owned());
    op::CreateClient { act: act(0), client: ServiceClient { id, name, proof, created_at: at(0), revoked_at: None } }
}

#[tokio::test]
async fn a_client_is_registered_found_and_revoked() {
    let world = World::new().await;
    assert!(world.write(client(1, "orders")).await);
    assert!(!world.write(client(2, "orders")).await, "a name is given once");
    assert!(world.write(client(3, "billing")).await);
    let (id, known) = (client(1, "orders").client.id, client(1, "orders").client);
    assert_eq!(world.read(op::FindClient { id }).await, Some(known));
    let keyed = client(3, "billing").client;
    assert_eq!(world.read(op::FindClient { id: keyed.id }).await, Some(keyed));
    assert_eq!(world.read(op::FindClient { id: client(2, "").client.id }).await, None);
    let revoke = || op::RevokeClient { act: act(9), id };
    assert!(world.write(revoke()).await);
    assert!(!world.write(revoke()).await);
    let listed = world.read(op::ListClients).await;
    let seen: Vec<_> = listed.iter().map(|client| (client.name.as_str(), client.revoked_at)).collect();
    assert_eq!(seen, [("orders", Some(at(9))), ("billing", None)]);
    assert_eq!((world.count(Event::ClientCreated).await, world.count(Event::ClientRevoked).await), (2, 1));
}

#[tokio::test]
async fn of_two_processes_that_start_together_one_value_stands_for_both() {
    let world = World::new().await;
    let put = |value: u8| op::PutMetaIfAbsent { name: "secret", value: vec![value] };
    let (a, b) = tokio::join!(world.write(put(1)), world.write(put(2)));
    assert!(a == b && [1, 2].contains(&a[0]), "{a:?}, {b:?}");
    world.write(op::PutMeta { name: "secret", value: vec![3] }).await;
    assert_eq!(world.read(op::GetMeta { name: "secret" }).await, Some(vec![3]));
    assert_eq!(world.read(op::GetMeta { name: "other" }).await, None);
}
