// e^x over Lanes: included once for each instruction set, in its namespace. No include guard, therefore.

using Vector = Lanes::Vector;

// e^x for x <= 0; relative error below 2e-7. Cody and Waite's reduction to [-ln2/2, ln2/2], then Cephes' polynomial (expf).
static inline Vector exp_negative(Vector x) {
    const Vector clamped = Lanes::max(x, Lanes::all(-87.0f));
    const Vector n = Lanes::round(Lanes::mul(clamped, Lanes::all(1.44269504f)));
    Vector r = Lanes::fma(n, Lanes::all(-0.693359375f), clamped);
    r = Lanes::fma(n, Lanes::all(2.12194440e-4f), r);
    Vector p = Lanes::all(1.9875691500e-4f);
    p = Lanes::fma(p, r, Lanes::all(1.3981999507e-3f));
    p = Lanes::fma(p, r, Lanes::all(8.3334519073e-3f));
    p = Lanes::fma(p, r, Lanes::all(4.1665795894e-2f));
    p = Lanes::fma(p, r, Lanes::all(1.6666665459e-1f));
    p = Lanes::fma(p, r, Lanes::all(5.0000001201e-1f));
    p = Lanes::fma(p, Lanes::mul(r, r), Lanes::add(r, Lanes::all(1.0f)));
    return Lanes::mul(p, Lanes::power_of_two(n));
}
