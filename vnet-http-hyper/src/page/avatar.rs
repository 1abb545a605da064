//! Profile pictures: what is uploaded is decoded and written anew, so that nothing but the picture
//! itself is kept and served.

use std::io::Cursor;
use std::sync::Arc;

use bytes::Bytes;
use image::codecs::jpeg::JpegEncoder;
use image::imageops::FilterType;
use image::{
    DynamicImage, ImageDecoder, ImageFormat, ImageReader, Limits, RgbImage, Rgba, RgbaImage,
};
use tokio::sync::Semaphore;
use vnet_core::id::AvatarId;
use vnet_core::user::Avatar;
use vnet_core::{Error, Result};

/// Width and height of a kept picture, in pixels.
const SIDE: u32 = 256;
/// The largest width or height that is decoded, in pixels.
const MAX_SIDE: u32 = 10_000;
/// The most pixels that are decoded: as many as a good telephone makes.
const MAX_PIXELS: u64 = 50_000_000;
/// The most memory that decoding may take, in bytes.
const MAX_DECODED_BYTES: u64 = 256 * 1024 * 1024;
const JPEG_QUALITY: u8 = 88;

/// Why a picture is not taken: a sentence for its owner.
type Refusal = &'static str;

const NO_PICTURE: Refusal =
    "This is not a picture that can be read. Choose a PNG, JPEG, WebP or GIF file.";
const TOO_LARGE: Refusal = "This picture has too many pixels. Choose one of at most 50 megapixels.";
const BAD_ENDING: Refusal = "The file name must end in .png, .jpg, .jpeg, .webp or .gif.";

/// Decodes pictures, a few at a time: each may take a lot of memory.
#[derive(Clone, Debug)]
pub(crate) struct Studio(Arc<Semaphore>);

impl Default for Studio {
    fn default() -> Self {
        Self(Arc::new(Semaphore::new(2)))
    }
}

impl Studio {
    /// The picture in `bytes`, cut to a square and encoded anew; or why not.
    ///
    /// # Errors
    /// `Internal`: the thread that decodes ended early.
    pub(crate) async fn develop(
        &self,
        file_name: &str,
        bytes: Bytes,
    ) -> Result<std::result::Result<Avatar, Refusal>> {
        if let Err(refusal) = check_ending(file_name) {
            return Ok(Err(refusal));
        }
        let _place = self
            .0
            .acquire()
            .await
            .expect("the semaphore is never closed");
        tokio::task::spawn_blocking(move || recode(&bytes))
            .await
            .map_err(|source| {
                Error::internal("the thread that decodes pictures ended early", source)
            })
    }
}

fn check_ending(file_name: &str) -> std::result::Result<(), Refusal> {
    let ending = file_name.rsplit_once('.').map_or("", |(_, ending)| ending);
    match ending.to_ascii_lowercase().as_str() {
        "png" | "jpg" | "jpeg" | "webp" | "gif" => Ok(()),
        _ => Err(BAD_ENDING),
    }
}

fn recode(bytes: &[u8]) -> std::result::Result<Avatar, Refusal> {
    let picture = decode(bytes)?.resize_to_fill(SIDE, SIDE, FilterType::Triangle);
    let mut encoded = Vec::new();
    let encoder = JpegEncoder::new_with_quality(&mut encoded, JPEG_QUALITY);
    on_white(&picture)
        .write_with_encoder(encoder)
        .map_err(|_detail| NO_PICTURE)?;
    Ok(Avatar {
        id: AvatarId::generate(),
        mime: "image/jpeg".to_owned(),
        bytes: encoded,
    })
}

/// JPEG knows no transparency: what shines through is white.
fn on_white(picture: &DynamicImage) -> RgbImage {
    if !picture.color().has_alpha() {
        return picture.to_rgb8();
    }
    let mut flat = RgbaImage::from_pixel(picture.width(), picture.height(), Rgba([255; 4]));
    image::imageops::overlay(&mut flat, &picture.to_rgba8(), 0, 0);
    DynamicImage::from(flat).to_rgb8()
}

fn decode(bytes: &[u8]) -> std::result::Result<DynamicImage, Refusal> {
    let mut reader = ImageReader::new(Cursor::new(bytes))
        .with_guessed_format()
        .map_err(|_detail| NO_PICTURE)?;
    let taken = [
        ImageFormat::Png,
        ImageFormat::Jpeg,
        ImageFormat::WebP,
        ImageFormat::Gif,
    ];
    if !reader
        .format()
        .is_some_and(|format| taken.contains(&format))
    {
        return Err(NO_PICTURE);
    }
    let mut limits = Limits::default();
    limits.max_image_width = Some(MAX_SIDE);
    limits.max_image_height = Some(MAX_SIDE);
    limits.max_alloc = Some(MAX_DECODED_BYTES);
    reader.limits(limits);
    let mut decoder = reader.into_decoder().map_err(|error| refusal(&error))?;
    let (width, height) = decoder.dimensions();
    if u64::from(width) * u64::from(height) > MAX_PIXELS {
        return Err(TOO_LARGE);
    }
    let orientation = decoder.orientation();
    let mut picture = DynamicImage::from_decoder(decoder).map_err(|error| refusal(&error))?;
    if let Ok(orientation) = orientation {
        picture.apply_orientation(orientation);
    }
    Ok(picture)
}

fn refusal(error: &image::ImageError) -> Refusal {
    match error {
        image::ImageError::Limits(_) => TOO_LARGE,
        _ => NO_PICTURE,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::GrayImage;

    fn encoded(picture: &DynamicImage, format: ImageFormat) -> Vec<u8> {
        let mut bytes = Vec::new();
        picture
            .write_to(&mut Cursor::new(&mut bytes), format)
            .unwrap();
        bytes
    }

    #[test]
    fn good_pictures_become_squares() {
        let rgb = DynamicImage::from(RgbImage::new(40, 90));
        let rgba = DynamicImage::from(RgbaImage::new(700, 300));
        for (picture, format) in [
            (&rgb, ImageFormat::Png),
            (&rgb, ImageFormat::Jpeg),
            (&rgba, ImageFormat::Png),
            (&rgba, ImageFormat::WebP),
            (&rgba, ImageFormat::Gif),
        ] {
            let avatar = recode(&encoded(picture, format)).unwrap();
            assert_eq!(avatar.mime, "image/jpeg", "{format:?}");
            let again = image::load_from_memory(&avatar.bytes).unwrap();
            assert_eq!((again.width(), again.height()), (SIDE, SIDE));
        }
    }

    #[test]
    fn what_shines_through_is_white() {
        let clear = DynamicImage::from(RgbaImage::new(30, 30));
        let avatar = recode(&encoded(&clear, ImageFormat::Png)).unwrap();
        let again = image::load_from_memory(&avatar.bytes).unwrap().to_rgb8();
        assert!(again.get_pixel(9, 9).0.iter().all(|&channel| channel > 250));
    }

    #[test]
    fn hidden_data_are_dropped() {
        let mut bytes = encoded(&RgbImage::new(20, 20).into(), ImageFormat::Jpeg);
        bytes.extend_from_slice(b"<script>alert(1)</script>");
        let avatar = recode(&bytes).unwrap();
        assert!(!avatar.bytes.windows(7).any(|window| window == b"<script"));
    }

    #[test]
    fn what_is_no_picture_is_refused() {
        for bad in [
            &b""[..],
            b"<!doctype html><script>alert(1)</script>",
            b"<svg xmlns=\"http://www.w3.org/2000/svg\" onload=\"alert(1)\"/>",
            b"\x89PNG\r\n\x1a\n<script>",
            b"GIF89a",
            b"%PDF-1.7",
        ] {
            assert_eq!(recode(bad).unwrap_err(), NO_PICTURE);
        }
        let whole = encoded(&RgbImage::new(64, 64).into(), ImageFormat::Png);
        assert_eq!(recode(&whole[..whole.len() / 2]).unwrap_err(), NO_PICTURE);
    }

    #[test]
    fn bombs_are_refused_before_they_are_unpacked() {
        let wide = encoded(&GrayImage::new(MAX_SIDE + 1, 1).into(), ImageFormat::Png);
        assert_eq!(recode(&wide).unwrap_err(), TOO_LARGE);
        let large = encoded(&GrayImage::new(8000, 8000).into(), ImageFormat::Png);
        assert!(large.len() < 400_000, "small to send: {}", large.len());
        assert_eq!(recode(&large).unwrap_err(), TOO_LARGE);
    }

    #[test]
    fn endings_count_too() {
        for good in ["a.png", "A.JPG", "a.b.jpeg", "x.webp", "x.gif"] {
            assert_eq!(check_ending(good), Ok(()));
        }
        for bad in ["", "png", "a.html", "a.svg", "a.png.html", "a."] {
            assert_eq!(check_ending(bad), Err(BAD_ENDING), "{bad}");
        }
    }
}
