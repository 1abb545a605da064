use proptest::prelude::*;

use super::*;

fn packet(seq: u64, time: u32, at: Instant, picture: u16) -> Arrived {
    Arrived {
        seq,
        time,
        clock: 90_000,
        captured: at,
        counters: Counters {
            picture: Some((picture, 15)),
            base: Some(picture.to_be_bytes()[1]),
            key: None,
        },
    }
}

#[test]
fn a_switch_goes_on_where_the_old_layer_stopped() {
    let now = Instant::now();
    let mut rewriter = Rewriter::new(0xffff);
    let first = rewriter.rewrite(&packet(70_000, 500, now, 9)).unwrap();
    assert_eq!((first.seq, first.time), (0x7fff, 500));
    rewriter.cut();
    let later = now + Duration::from_millis(33);
    let second = rewriter.rewrite(&packet(3, 4_000_000, later, 77)).unwrap();
    assert_eq!((second.seq, second.time), (0x8000, 500 + 2_970));
    assert_eq!(second.counters.picture, Some((10, 15)));
    assert_eq!(second.counters.base, Some(10));
}

#[test]
fn packets_older_than_their_piece_are_dropped() {
    let now = Instant::now();
    let mut rewriter = Rewriter::new(0);
    rewriter.rewrite(&packet(10, 0, now, 1)).unwrap();
    assert_eq!(rewriter.rewrite(&packet(9, 0, now, 1)), None);
    assert!(rewriter.rewrite(&packet(12, 0, now, 1)).is_some());
    assert!(rewriter.rewrite(&packet(11, 0, now, 1)).is_some());
}

#[test]
fn a_source_that_begins_anew_goes_on_in_the_stream() {
    let now = Instant::now();
    let mut rewriter = Rewriter::new(0);
    rewriter.rewrite(&packet(50_000, 0, now, 1)).unwrap();
    assert_eq!(rewriter.rewrite(&packet(7, 0, now, 1)).unwrap().seq, 1);
    assert_eq!(rewriter.rewrite(&packet(90_000, 0, now, 1)).unwrap().seq, 2);
    assert_eq!(rewriter.rewrite(&packet(90_002, 0, now, 1)).unwrap().seq, 4);
}

#[test]
fn packets_without_counters_do_not_reset_them() {
    let now = Instant::now();
    let mut rewriter = Rewriter::new(0);
    rewriter.rewrite(&packet(1, 0, now, 5)).unwrap();
    let mut empty = packet(2, 0, now, 0);
    empty.counters = Counters::default();
    rewriter.rewrite(&empty).unwrap();
    rewriter.cut();
    let next = rewriter.rewrite(&packet(900, 0, now, 800)).unwrap();
    assert_eq!(next.counters.picture, Some((6, 15)));
}

proptest! {
    /// However often and wherever it is cut, what is sent has every sequence number once, times that
    /// grow, and picture ids without a gap.
    #[test]
    fn pieces_make_one_stream(
        start in any::<u16>(),
        pieces in prop::collection::vec((any::<u32>(), any::<u32>(), 0u16..0x8000, 1u64..20), 1..20),
    ) {
        let begin = Instant::now();
        let mut rewriter = Rewriter::new(start);
        let mut expected = u64::from(start & 0x7fff);
        let mut picture = None;
        let mut time: Option<u32> = None;
        let mut frame = 0;
        for (seq, ticks, id, length) in pieces {
            rewriter.cut();
            for n in 0..length {
                let at = begin + Duration::from_millis(33) * frame;
                let elapsed = u32::try_from(n).unwrap() * 2_970;
                let id = id.wrapping_add(u16::try_from(n).unwrap()) & 0x7fff;
                let came = packet(u64::from(seq) + n, ticks.wrapping_add(elapsed), at, id);
                let sent = rewriter.rewrite(&came).unwrap();
                prop_assert_eq!(sent.seq, expected);
                if let Some(last) = time {
                    prop_assert_eq!(sent.time.wrapping_sub(last), 2_970);
                }
                if let Some(last) = picture {
                    prop_assert_eq!(sent.counters.picture.unwrap().0, (last + 1) & 0x7fff);
                }
                picture = sent.counters.picture.map(|(id, _)| id);
                time = Some(sent.time);
                expected += 1;
                frame += 1;
            }
        }
    }
}
