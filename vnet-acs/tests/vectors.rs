//! Every published signature vector, through the public function.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;
use url::{Position, Url};
use vnet_acs::AccessKey;
use vnet_acs::signing::{content_hash, sign, string_to_sign};

#[test]
fn every_vector_is_reproduced() {
    let data: Value = serde_json::from_str(include_str!("data/hmac-vectors.json")).unwrap();
    let vectors = data["vectors"].as_array().unwrap();
    assert_eq!(vectors.len(), 21);
    for vector in vectors {
        let text = |name: &str| vector[name].as_str().unwrap();
        let expected = |name: &str| vector["expected"][name].as_str().unwrap();
        let name = text("name");
        let url = Url::parse(text("url")).unwrap();
        let host = url[Position::BeforeHost..Position::AfterPort].to_owned();
        assert_eq!(host, expected("host"), "{name}");
        let target = &url[Position::BeforePath..Position::AfterQuery];
        assert_eq!(target, expected("path_and_query"), "{name}");
        let body = STANDARD.decode(text("body_base64")).unwrap();
        let key = AccessKey::from_base64(text("access_key_base64")).unwrap();
        let (method, date) = (text("method"), text("x_ms_date"));

        let signature = sign(&key, method, target, &host, date, &body);
        assert_eq!(signature.date, date, "{name}");
        assert_eq!(
            signature.content_hash,
            expected("x_ms_content_sha256"),
            "{name}"
        );
        assert_eq!(signature.authorization, expected("authorization"), "{name}");
        let signed = string_to_sign(method, target, &[date, &host, &content_hash(&body)]);
        assert_eq!(signed, expected("string_to_sign"), "{name}");
    }
}
