//! Packs the files of `static/`.

fn main() -> std::io::Result<()> {
    vnet_pack::pack("static", "static_files.rs")
}
