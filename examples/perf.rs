//! Scratch.
use coopad::models::*; use coopad::prelude::*; use std::time::Instant; use std::hint::black_box;
struct Pricing;
impl Game for Pricing {
    type Player = &'static str;
    fn players(&self) -> Vec<&'static str> { vec!["manufacturer", "retailer"] }
    fn decisions(&self) -> Vec<Decision<&'static str>> {
        vec![Decision::new("wholesale_price", "manufacturer"), Decision::new("national_advertising", "manufacturer"),
            Decision::transfer("participation_rate", "manufacturer", "retailer"), Decision::new("retail_price", "retailer"), Decision::new("local_advertising", "retailer")]
    }
    fn bounds<T: Scalar>(&self, decision: usize, x: &[T]) -> Interval<T> {
        match decision { 0 | 2 => Interval::unit(), 3 => Interval::new(x[0], T::constant(1.0)), _ => Interval::at_least(T::constant(0.0)) }
    }
}
impl StaticGame for Pricing {
    fn payoffs<T: Scalar>(&self, x: &[T], out: &mut [T]) {
        let (wholesale, national, rate, price, local) = (x[0], x[1], x[2], x[3], x[4]);
        let demand = (-price + 1.0) * (local.sqrt() + national.sqrt());
        out[0] = wholesale * demand - national - rate * local;
        out[1] = (price - wholesale) * demand - local + rate * local;
    }
}
fn time<R>(name:&str, mut f: impl FnMut()->R){
  let t=Instant::now(); let mut k=0u32; while t.elapsed().as_millis()<50 { black_box(f()); k+=1; }
  let mut best=f64::INFINITY; for _ in 0..7 { let t=Instant::now(); for _ in 0..k { black_box(f()); } best=best.min(t.elapsed().as_nanos() as f64/k as f64);} println!("{name}: {:.2} us", best/1000.0); }
fn main(){
 let only=std::env::args().nth(1).unwrap_or_default();
 let g=HuangLi::example();
 for s in HuangLi::structures() { let n=format!("hl {}", s.name); if n.contains(&only) { time(&n, || black_box(&g).solve_numerically(&s.structure)); } }
 let l=Structure::leader("manufacturer");
 if "five".contains(&only) || only.is_empty() { time("five", || black_box(&Pricing).solve_numerically(&l)); println!("{:?}", Pricing.solve_numerically(&l).map(|s| s.profile().to_vec())); }
 let a=PlatformAlliance::example();
 for s in PlatformAlliance::structures() { let n=format!("alliance {}", s.name); if n.contains(&only) { time(&n, || black_box(&a).solve_numerically(&s.structure)); } }
 if "verify".contains(&only) {
 let s=g.solve(&Structure::leader(Channel::Manufacturer)).unwrap(); time("verify hl led", || s.clone().verify(&g));
 let s=Pricing.solve(&l).unwrap(); time("verify five", || s.clone().verify(&Pricing)); }
 if "closed".contains(&only) { time("closed hl led", || black_box(&g).solve(&Structure::leader(Channel::Manufacturer))); }
}
