//! Packs the files of `dist/`, which `npm run build` makes.

fn main() -> std::io::Result<()> {
    vnet_pack::pack("dist", "dist.rs")
}
