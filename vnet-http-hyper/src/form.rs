//! Forms as browsers send them.

use std::convert::Infallible;

use bytes::Bytes;
use futures_util::stream;

use crate::error::HttpError;

/// The most fields a form may have.
const MAX_FIELDS: usize = 100;

/// A file in a form.
#[derive(Clone, Debug)]
pub(crate) struct File {
    /// What the browser calls it; a name, not a path to be used.
    pub(crate) name: String,
    /// What it holds.
    pub(crate) bytes: Bytes,
}

/// The fields of a form; the last one of a name counts.
#[derive(Clone, Default)]
pub(crate) struct Form {
    fields: Vec<(String, String)>,
    files: Vec<(String, File)>,
}

impl std::fmt::Debug for Form {
    // Values may be passwords.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let names = self.fields.iter().map(|(name, _)| name);
        f.debug_list()
            .entries(names)
            .entries(self.files.iter().map(|(name, _)| name))
            .finish()
    }
}

impl Form {
    /// A field, if it is there.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        let mut fields = self.fields.iter().rev();
        fields
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.as_str())
    }

    /// A field; empty if it is not there.
    pub(crate) fn text(&self, name: &str) -> &str {
        self.get(name).unwrap_or_default()
    }

    /// A file with something in it: browsers send an empty one when none was chosen.
    pub(crate) fn file(&self, name: &str) -> Option<&File> {
        let mut files = self.files.iter().rev();
        files
            .find(|(key, file)| key == name && !file.bytes.is_empty())
            .map(|(_, file)| file)
    }

    /// All texts, in their order.
    pub(crate) fn into_fields(self) -> impl Iterator<Item = (String, String)> {
        self.fields.into_iter()
    }

    /// Reads `application/x-www-form-urlencoded`.
    ///
    /// # Errors
    /// 400: what is encoded is not UTF-8, or there are too many fields.
    pub(crate) fn urlencoded(body: &[u8]) -> Result<Self, HttpError> {
        let mut form = Self::default();
        for pair in body
            .split(|byte| *byte == b'&')
            .filter(|pair| !pair.is_empty())
        {
            let (name, value) = match pair.iter().position(|byte| *byte == b'=') {
                Some(at) => (&pair[..at], &pair[at + 1..]),
                None => (pair, &[][..]),
            };
            form.add_text(decode(name)?, decode(value)?)?;
        }
        Ok(form)
    }

    /// Reads `multipart/form-data`.
    ///
    /// # Errors
    /// 400: it is no such body, a text is not UTF-8, or there are too many fields.
    pub(crate) async fn multipart(body: Bytes, boundary: String) -> Result<Self, HttpError> {
        let broken = |error: multer::Error| {
            HttpError::bad_request(format!("Multipart form parse error - {error}"))
        };
        let chunks = stream::iter([Ok::<_, Infallible>(body)]);
        let mut parts = multer::Multipart::new(chunks, boundary);
        let mut form = Self::default();
        while let Some(field) = parts.next_field().await.map_err(broken)? {
            let name = field.name().unwrap_or_default().to_owned();
            let file_name = field.file_name().map(ToOwned::to_owned);
            let bytes = field.bytes().await.map_err(broken)?;
            if let Some(file_name) = file_name {
                let file = File {
                    name: file_name,
                    bytes,
                };
                form.files.push((name, file));
                form.check_count()?;
            } else {
                let text = String::from_utf8(bytes.into()).map_err(|_detail| not_utf8())?;
                form.add_text(name, text)?;
            }
        }
        Ok(form)
    }

    fn add_text(&mut self, name: String, value: String) -> Result<(), HttpError> {
        self.fields.push((name, value));
        self.check_count()
    }

    fn check_count(&self) -> Result<(), HttpError> {
        if self.fields.len() + self.files.len() > MAX_FIELDS {
            return Err(HttpError::bad_request("The form has too many fields."));
        }
        Ok(())
    }
}

fn not_utf8() -> HttpError {
    HttpError::bad_request("The form is not encoded in UTF-8.")
}

/// `+` is a blank, `%xx` a byte; what is decoded must be UTF-8.
fn decode(text: &[u8]) -> Result<String, HttpError> {
    let blanks: Vec<u8> = text
        .iter()
        .map(|byte| if *byte == b'+' { b' ' } else { *byte })
        .collect();
    let bytes: Vec<u8> = percent_encoding::percent_decode(&blanks).collect();
    String::from_utf8(bytes).map_err(|_detail| not_utf8())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_last_of_a_name_counts() {
        let form = Form::urlencoded(b"a=1&b=x%20y+z&a=2&&c").unwrap();
        assert_eq!((form.text("a"), form.text("b")), ("2", "x y z"));
        assert_eq!((form.get("c"), form.get("d")), (Some(""), None));
    }

    #[test]
    fn other_encodings_and_floods_are_refused() {
        assert!(Form::urlencoded(b"a=%ff").is_err());
        assert!(Form::urlencoded(b"a=\xff").is_err());
        assert!(Form::urlencoded("a=b&".repeat(101).as_bytes()).is_err());
        assert_eq!(Form::urlencoded(b"a=100%").unwrap().text("a"), "100%");
    }

    #[tokio::test]
    async fn files_and_texts_are_told_apart() {
        let body = concat!(
            "--X\r\nContent-Disposition: form-data; name=\"title\"\r\n\r\nHello\r\n",
            "--X\r\nContent-Disposition: form-data; name=\"pic\"; filename=\"a.png\"\r\n",
            "Content-Type: image/png\r\n\r\n\0PNG\r\n--X--\r\n"
        );
        let form = Form::multipart(body.into(), "X".into()).await.unwrap();
        assert_eq!(form.text("title"), "Hello");
        assert_eq!(&form.file("pic").unwrap().bytes[..], b"\0PNG");
        assert!(form.file("title").is_none());
        let broken = Form::multipart(body[..40].to_owned().into(), "X".into()).await;
        assert_eq!(broken.unwrap_err().status(), 400);
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_or_refused(body in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = Form::urlencoded(&body);
        }

        #[test]
        fn what_was_encoded_is_read(name in "\\PC{1,10}", value in "\\PC{0,30}") {
            let body = form_urlencoded::Serializer::new(String::new())
                .append_pair(&name, &value)
                .finish();
            let form = Form::urlencoded(body.as_bytes()).unwrap();
            prop_assert_eq!(form.text(&name), value);
        }

        #[test]
        fn any_multipart_is_read_or_refused(body in "(--X\r\n)?[ -~\r\n]{0,120}(--X--)?") {
            let read = Form::multipart(body.into(), "X".into());
            let _ = futures_util::FutureExt::now_or_never(read).expect("nothing to wait for");
        }
    }
}
