//! HTTP/1.1 requests and responses, as little as the measurements need.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use anyhow::{Context as _, Result, bail};

const PATIENCE: Duration = Duration::from_secs(30);

/// A request to write, header by header.
#[derive(Clone, Debug)]
pub struct Request {
    head: String,
    body: String,
}

impl Request {
    /// A request without a body.
    #[must_use]
    pub fn get(address: SocketAddr, path: &str) -> Self {
        Self {
            head: format!("GET {path} HTTP/1.1\r\nHost: {address}\r\n"),
            body: String::new(),
        }
    }

    /// A form that a page of the same origin posts.
    #[must_use]
    pub fn post_form(address: SocketAddr, path: &str, fields: &[(&str, &str)]) -> Self {
        let body = form_urlencoded::Serializer::new(String::new())
            .extend_pairs(fields)
            .finish();
        let head = format!("POST {path} HTTP/1.1\r\nHost: {address}\r\n");
        Self { head, body }
            .header("Origin", &format!("http://{address}"))
            .header("Sec-Fetch-Site", "same-origin")
            .header("Content-Type", "application/x-www-form-urlencoded")
    }

    /// Adds a header.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.head.extend([name, ": ", value, "\r\n"]);
        self
    }

    /// Adds the cookies, if there are any.
    #[must_use]
    pub fn cookie(self, cookie: &str) -> Self {
        if cookie.is_empty() {
            self
        } else {
            self.header("Cookie", cookie)
        }
    }

    /// The bytes on the wire.
    #[must_use]
    pub fn into_bytes(self) -> Vec<u8> {
        let length = match self.body.len() {
            0 => String::new(),
            length => format!("Content-Length: {length}\r\n"),
        };
        format!("{}{length}\r\n{}", self.head, self.body).into_bytes()
    }

    /// Sends it on a connection of its own and waits for the whole response.
    ///
    /// # Errors
    /// When there is none within half a minute.
    pub fn fetch(self, address: SocketAddr) -> Result<Response> {
        let mut stream = TcpStream::connect_timeout(&address, PATIENCE)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        stream.write_all(&self.into_bytes())?;
        let mut bytes = Vec::new();
        let mut chunk = [0; 16 * 1024];
        loop {
            if let Some(length) = response_length(&bytes)? {
                bytes.truncate(length);
                return Response::parse(bytes);
            }
            match stream.read(&mut chunk)? {
                0 => bail!("the server closed in the middle of a response"),
                count => bytes.extend_from_slice(&chunk[..count]),
            }
        }
    }
}

/// A whole response.
#[derive(Clone, Debug)]
pub struct Response {
    /// The status.
    pub status: u16,
    head: String,
    body: Vec<u8>,
}

impl Response {
    fn parse(mut bytes: Vec<u8>) -> Result<Self> {
        let end = head_end(&bytes).context("a response without a head")?;
        let body = bytes.split_off(end);
        let head = String::from_utf8(bytes)?;
        let status = head
            .split(' ')
            .nth(1)
            .context("a response without a status")?
            .parse()?;
        Ok(Self { status, head, body })
    }

    /// The values of a header.
    pub fn headers<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        header_values(&self.head, name)
    }

    /// The body as text.
    ///
    /// # Errors
    /// When it is none.
    pub fn text(&self) -> Result<&str> {
        Ok(std::str::from_utf8(&self.body)?)
    }
}

fn header_values<'a>(head: &'a str, name: &'a str) -> impl Iterator<Item = &'a str> {
    head.split("\r\n").filter_map(move |line| {
        let (key, value) = line.split_once(':')?;
        key.eq_ignore_ascii_case(name).then(|| value.trim())
    })
}

/// Where the body begins, once the head is whole.
#[must_use]
pub fn head_end(bytes: &[u8]) -> Option<usize> {
    Some(bytes.windows(4).position(|four| four == b"\r\n\r\n")? + 4)
}

/// The length of the response that `bytes` begin with, head and body, once it is whole.
///
/// # Errors
/// When its body has no length.
pub fn response_length(bytes: &[u8]) -> Result<Option<usize>> {
    let Some(end) = head_end(bytes) else {
        return Ok(None);
    };
    let head = std::str::from_utf8(&bytes[..end])?;
    let length: usize = match header_values(head, "content-length").next() {
        Some(length) => length.parse()?,
        None if head.starts_with("HTTP/1.1 304") || head.starts_with("HTTP/1.1 101") => 0,
        None => bail!("a response without a length: {head}"),
    };
    Ok((bytes.len() >= end + length).then_some(end + length))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_is_written_as_a_browser_does() {
        let address = SocketAddr::from(([127, 0, 0, 1], 8000));
        let form = Request::post_form(address, "/a/", &[("name", "Ada B"), ("x", "&")]);
        assert_eq!(
            String::from_utf8(form.cookie("k=v").into_bytes()).unwrap(),
            "POST /a/ HTTP/1.1\r\nHost: 127.0.0.1:8000\r\nOrigin: http://127.0.0.1:8000\r\n\
             Sec-Fetch-Site: same-origin\r\nContent-Type: application/x-www-form-urlencoded\r\n\
             Cookie: k=v\r\nContent-Length: 16\r\n\r\nname=Ada+B&x=%26"
        );
    }

    #[test]
    fn a_response_ends_where_its_length_says() {
        let bytes = b"HTTP/1.1 200 OK\r\nContent-LENGTH: 2\r\n\r\nokHTTP/1.1";
        for end in 0..bytes.len() - 8 {
            assert_eq!(response_length(&bytes[..end]).unwrap(), None);
        }
        assert_eq!(response_length(bytes).unwrap(), Some(40));
        assert!(response_length(b"HTTP/1.1 200 OK\r\n\r\n").is_err());
    }

    #[test]
    fn a_response_gives_its_parts() {
        let bytes = b"HTTP/1.1 302 Found\r\nset-cookie: a=1\r\nSet-Cookie: b=2\r\n\r\nyes".to_vec();
        let response = Response::parse(bytes).unwrap();
        assert_eq!(response.status, 302);
        assert_eq!(
            response.headers("Set-Cookie").collect::<Vec<_>>(),
            ["a=1", "b=2"]
        );
        assert_eq!(response.text().unwrap(), "yes");
    }
}
