fn main() {
    // ANCHOR: greet
    let name = "reader";
    println!("Hello, {name}!");
    // ANCHOR_END: greet
}
