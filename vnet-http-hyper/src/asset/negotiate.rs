//! Which encoding a client wants.

use crate::asset::Coding;

/// A weight in thousandths.
type Weight = u16;

/// The best of the `ready` encodings, which come in our order, for a client that sent these
/// `Accept-Encoding` lines; `None` if the plain bytes suit it better, or nothing else does.
///
/// # Source
/// RFC 9110, section 12.5.3.
pub(super) fn choose<'a>(
    accepted: impl Iterator<Item = &'a str>,
    ready: impl Iterator<Item = Coding>,
) -> Option<Coding> {
    let (mut any, mut plain) = (None, None);
    let (mut brotli, mut gzip) = (None, None);
    for (name, weight) in accepted.flat_map(|line| line.split(',')).filter_map(member) {
        let place = match name.to_ascii_lowercase().as_str() {
            "br" => &mut brotli,
            "gzip" | "x-gzip" => &mut gzip,
            "identity" => &mut plain,
            "*" => &mut any,
            _ => continue,
        };
        // The first word counts if one is there twice.
        place.get_or_insert(weight);
    }
    let wanted = |coding| match coding {
        Coding::Brotli => brotli.or(any).unwrap_or(0),
        Coding::Gzip => gzip.or(any).unwrap_or(0),
    };
    // Plain bytes nobody asked for are good when nothing better is; if they are refused, too, they are
    // sent all the same: an answer in a form that was not asked for is better than none.
    let plain: Weight = plain.unwrap_or(0);
    let mut best = None;
    for coding in ready {
        let weight = wanted(coding);
        let is_better = match best {
            None => weight > 0 && weight >= plain,
            Some(former) => weight > wanted(former),
        };
        if is_better {
            best = Some(coding);
        }
    }
    best
}

/// The name and the weight of one member of the list.
fn member(text: &str) -> Option<(&str, Weight)> {
    let (name, parameters) = text.split_once(';').unwrap_or((text, ""));
    let parameters = parameters.trim();
    let weight = match parameters.split_once('=') {
        None if parameters.is_empty() => 1000,
        Some((q, weight)) if q.trim().eq_ignore_ascii_case("q") => weight_of(weight.trim())?,
        _ => return None,
    };
    Some((name.trim(), weight))
}

/// `0`, `1`, or with up to three digits behind a point.
fn weight_of(text: &str) -> Option<Weight> {
    let (whole, digits) = text.split_once('.').unwrap_or((text, ""));
    let is_good = digits.len() <= 3 && digits.bytes().all(|byte| byte.is_ascii_digit());
    let thousandths: Weight = format!("{digits:0<3}").parse().ok().filter(|_| is_good)?;
    match whole {
        "0" => Some(thousandths),
        "1" if thousandths == 0 => Some(1000),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const READY: [Coding; 2] = [Coding::Brotli, Coding::Gzip];

    fn chosen(lines: &[&str]) -> Option<&'static str> {
        choose(lines.iter().copied(), READY.into_iter()).map(Coding::name)
    }

    #[test]
    fn what_browsers_send_gets_the_best() {
        assert_eq!(chosen(&["gzip, deflate, br, zstd"]), Some("br"));
        assert_eq!(chosen(&["gzip, deflate"]), Some("gzip"));
        assert_eq!(chosen(&["gzip", "BR"]), Some("br"));
        assert_eq!(chosen(&["X-GZip"]), Some("gzip"));
    }

    #[test]
    fn who_wants_nothing_packed_gets_the_plain_bytes() {
        for lines in [
            &[][..],
            &[""],
            &["identity"],
            &["deflate, zstd"],
            &["br;q=0, gzip;q=0.000"],
            &["*;q=0"],
            &["identity, gzip;q=0.5"],
            &["identity;q=0"],
        ] {
            assert_eq!(chosen(lines), None, "{lines:?}");
        }
    }

    #[test]
    fn weights_decide_and_we_where_they_are_equal() {
        for (line, best) in [
            ("br;q=0.5, gzip;q=0.9", "gzip"),
            ("gzip;q=0.5,br ; Q=0.501", "br"),
            ("gzip;q=1.000, br", "br"),
            ("*", "br"),
            ("br;q=0, *", "gzip"),
            ("*;q=0.1, gzip;q=0.2", "gzip"),
            ("identity;q=0.5, gzip;q=0.5", "gzip"),
            ("identity;q=0.2, gzip;q=0.4, br;q=0.3", "gzip"),
            ("gzip;q=0, gzip, br;q=0.1", "br"),
        ] {
            assert_eq!(chosen(&[line]), Some(best), "{line}");
        }
        assert_eq!(
            choose(["br, gzip;q=0.1"].into_iter(), [Coding::Gzip].into_iter()),
            Some(Coding::Gzip)
        );
        assert_eq!(choose(["br"].into_iter(), [].into_iter()), None);
    }

    #[test]
    fn broken_members_do_not_count() {
        for line in [
            "br;q=2",
            "br;q=1.5",
            "br;q=0.1234",
            "br;q=",
            "br;q=-1",
            "br;level=9",
            "br;q=0,5",
        ] {
            assert_eq!(chosen(&[line]), None, "{line}");
            assert_eq!(
                chosen(&[&format!("{line}, gzip;q=0.1")]),
                Some("gzip"),
                "{line}"
            );
        }
    }

    proptest! {
        #[test]
        fn any_header_is_read(line in "\\PC{0,40}", list in "((br|gzip|identity|\\*)(;q=[01](\\.[0-9]{0,4})?)?[, ]{0,2}){0,5}") {
            let _ = chosen(&[&line, &list]);
        }

        #[test]
        fn what_is_chosen_was_not_refused(br in 0_u16..=1000, gzip in 0_u16..=1000) {
            let q = |weight: u16| format!("{}.{:03}", weight / 1000, weight % 1000);
            let best = chosen(&[&format!("br;q={}, gzip;q={}", q(br), q(gzip))]);
            let expected = match (br, gzip) {
                (0, 0) => None,
                _ if br >= gzip => Some("br"),
                _ => Some("gzip"),
            };
            prop_assert_eq!(best, expected);
        }
    }
}
