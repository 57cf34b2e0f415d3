//! Forms in which models write final answers: each beside a change that makes it another answer.

use spice_answers::{Case, Mode, Policy, check};

fn verdict(gold: &str, answer: &str) -> Option<bool> {
    let case = Case {
        gold,
        response: answer,
        kind: None,
        choices: &[],
    };
    check(&case, Policy::TRAINING, Mode::Answer)
        .rule
        .equivalent()
}

fn assert_forms(forms: &[(&str, &str, &str)]) {
    for (gold, right, wrong) in forms {
        assert_eq!(verdict(gold, right), Some(true), "{gold} | {right}");
        assert_ne!(verdict(gold, wrong), Some(true), "{gold} | {wrong}");
    }
}

#[test]
fn a_chain_counts_where_all_its_sides_agree() {
    assert_forms(&[
        ("15", "2^4 - 1 = 15", "2^4 = 15"),
        ("36", r"\binom{9}{2} = 36", r"\binom{9}{3} = 36"),
        ("720", "6!=720", "6!=721"),
        (
            r"2\sqrt{5}",
            r"2\sqrt{5} \approx 4.472",
            r"2\sqrt{5} \approx 4.572",
        ),
        (
            r"\frac{2}{7}",
            r"\frac{2}{7} \approx 0.29",
            r"0.286 \approx 0.29",
        ),
        ("17", "17 = 17", "17 = 18"),
        ("17", "17.0 = 17", r"17 \approx 17.4 = 18"),
        (
            r"\frac{3}{10}",
            r"P(A) = \frac{6}{20} = \frac{3}{10}",
            r"P(A) = \frac{6}{21} = \frac{3}{10}",
        ),
        ("204", "m + n = 204", "m + n = 205"),
        ("15", "15", "15x = 15"),
        (
            r"-\frac{3}{5}",
            r"\cos\alpha = -\frac{3}{5}",
            r"\cos\alpha = \frac{3}{5}",
        ),
    ]);
}

#[test]
fn a_name_before_the_equals_sign_may_be_missing_and_must_not_be_another() {
    assert_forms(&[
        ("12x^5", "f'(x) = 12x^5", "f'(x) = 12x^4"),
        ("12x^5", r"\frac{dy}{dx} = 12x^5", r"\frac{dy}{dx} = -12x^5"),
        (
            "6x^2-4",
            r"\frac{d}{dx}(2x^3-4x) = 6x^2-4",
            r"\frac{d}{dx}(2x^3-4x) = 6x^2+4",
        ),
        (
            r"f^{-1}(x) = \frac{x-3}{2}",
            r"\frac{x-3}{2}",
            r"\frac{x+3}{2}",
        ),
        ("-2", r"\det A = -2", r"\det A = 2"),
        (
            "2",
            r"\lim_{n\to\infty}\frac{2n+1}{n} = 2",
            r"\lim_{n\to\infty}\frac{2n+1}{n} = 1",
        ),
        ("y = e^x", "y(x) = e^x", "z = e^x"),
        ("y = 2x+3", "f(x) = 2x+3", "x = 2y+3"),
        ("11", r"\text{The sum is } 11", r"\text{The sum is not } 11"),
        (r"\{1,2\}", r"A\cap B = \{1,2\}", r"A\cap B = \{1,3\}"),
        (r"\frac{\partial f}{\partial x} = 2xy", "2yx", "2y"),
    ]);
}

#[test]
fn sums_products_and_choices_are_worked_out() {
    assert_forms(&[
        ("385", r"\sum_{k=1}^{10} k^2", r"\sum_{k=1}^{9} k^2"),
        ("45", r"\sum_{i=1}^{9} i", r"\sum_{i=1}^{10} i"),
        ("56", r"\sum_{i=1}^{10} i + 1", r"\sum_{i=1}^{10} (i + 1)"),
        ("720", r"\prod_{k=2}^{6} k", r"\prod_{k=2}^{5} k"),
        ("x+x^2+x^3", r"\sum_{k=1}^3 x^k", r"\sum_{k=0}^3 x^k"),
        ("120", "C(10, 3)", "C(10, 4)"),
        ("120", "{}_{10}C_3", "{}_{10}C_2"),
        ("120", "^{10}C_3", "^{10}C_2"),
        ("120", "C_{10}^{3}", "C_{10}^{2}"),
        ("120", r"{10 \choose 3}", r"{10 \over 3}"),
        ("120", "P(6, 3)", "P(6, 2)"),
        ("12", r"\gcd(24, 36)", r"\gcd(24, 38)"),
        (
            "12",
            r"\operatorname{lcm}(3, 4, 6)",
            r"\operatorname{lcm}(3, 5)",
        ),
        ("12", r"\max\{3, 12\}", r"\min\{3, 12\}"),
        ("6", r"2^9 \bmod 11", r"2^8 \bmod 11"),
        (
            "-2",
            r"\begin{vmatrix} 1 & 2 \\ 3 & 4 \end{vmatrix}",
            r"\begin{vmatrix} 1 & 3 \\ 2 & 4 \end{vmatrix} + 1",
        ),
        (
            "6",
            r"\det\begin{pmatrix} 1 & 0 & 0 \\ 5 & 2 & 0 \\ 7 & 8 & 3 \end{pmatrix}",
            r"\det\begin{pmatrix} 0 & 1 & 0 \\ 2 & 5 & 0 \\ 8 & 7 & 3 \end{pmatrix}",
        ),
    ]);
}

#[test]
fn residues_and_proportions_are_what_they_stand_for() {
    assert_forms(&[
        (
            r"x \equiv 3 \pmod{7}",
            r"x \equiv -4 \ (\mathrm{mod}\ 7)",
            r"x \equiv 4 \pmod{7}",
        ),
        (r"x \equiv 3 \pmod{7}", "3 (mod 7)", "y ≡ 3 (mod 7)"),
        (
            r"n \equiv 1, 5 \pmod{6}",
            r"n \equiv \pm 1 \pmod 6",
            r"n \equiv 1 \pmod 6",
        ),
        ("3:4", r"\frac{3}{4}", r"\frac{4}{3}"),
        ("13:12", "65:60", "60:65"),
        (r"1:\sqrt{2}", r"\sqrt{2}:2", r"\sqrt{2}:1"),
        ("5:12:13", "10:24:26", "10:24:27"),
        ("3:30 PM", "15:30", "30:1"),
    ]);
}

#[test]
fn lists_regions_matrices_and_cases() {
    assert_forms(&[
        ("2, 3, 5, 7", "2, 3, 5, and 7", "2, 3, and 5"),
        (r"\{1, 2, 3\}", r"1, 2 \text{ and } 3", "1 and 2"),
        ("(1, 2, 3)", "a=1, b=2, c=3", "a=1, b=3, c=2"),
        (
            "x_1=1, x_2=0, x_3=-2",
            "x_3=-2, x_1=1, x_2=0",
            "x_1=1, x_2=-2, x_3=0",
        ),
        (
            "-2 < x < 5",
            r"x > -2 \text{ and } x < 5",
            r"x > -2 \text{ or } x < 5",
        ),
        (r"-3 \le x \le 3", r"|x| \le 3", "|x| < 3"),
        (r"(-\infty,-1)\cup(3,\infty)", "|x-1| > 2", "|x-1| > 3"),
        (
            r"(-\infty,-1)\cup(3,\infty)",
            r"\{x \mid x<-1 \text{ or } x>3\}",
            r"\{x \mid x<-1 \text{ and } x>3\}",
        ),
        (
            r"\begin{pmatrix} \frac{1}{2} & 0 \\ 0 & \frac{1}{3} \end{pmatrix}",
            r"\frac{1}{6}\begin{pmatrix} 3 & 0 \\[4pt] 0 & 2 \end{pmatrix}",
            r"\frac{1}{6}\begin{pmatrix} 3 & 0 \\ 0 & 3 \end{pmatrix}",
        ),
        (
            r"f(x) = \begin{cases} x & x \ge 0 \\ -x & x < 0 \end{cases}",
            r"\begin{cases} -x, & \text{if } x < 0 \\ x, & \text{if } x \geq 0 \end{cases}",
            r"\begin{cases} x & x > 0 \\ -x & x \le 1 \end{cases}",
        ),
        (
            r"\begin{cases} 1 & x = 0 \\ 2 & \text{otherwise} \end{cases}",
            r"\begin{cases} 2 & \text{otherwise} \\ 1 & x = 0 \end{cases}",
            r"\begin{cases} 1 & \text{otherwise} \\ 2 & x = 0 \end{cases}",
        ),
        (
            r"x = \frac{\pi}{4} + k\pi, k \in \mathbb{Z}",
            r"x = k\pi + \frac{\pi}{4},\; k\in\mathbb{Z}",
            r"x = \frac{\pi}{4} + 2k\pi, k \in \mathbb{Z}",
        ),
    ]);
}

#[test]
fn marked_letters_are_names() {
    assert_forms(&[
        (
            r"3\hat{i} - 2\hat{j}",
            r"-2\hat{\jmath} + 3\hat\imath",
            r"3\hat{j} - 2\hat{i}",
        ),
        (
            r"m\ddot{x} + kx = 0",
            r"kx + m\ddot x = 0",
            r"m\dot{x} + kx = 0",
        ),
        (
            r"\hbar\omega(n+\frac12)",
            r"\frac{(2n+1)\hbar\omega}{2}",
            r"h\omega(n+\frac12)",
        ),
        (r"\bar{x}=12.4", r"\overline{x} = 12.4", r"\hat{x} = 12.4"),
        ("|x-3|", r"\sqrt{(x-3)^2}", "3-x"),
        ("|x-700|", "|700-x|", "700-x"),
    ]);
}

#[test]
fn repetition_roots_and_functions() {
    assert_forms(&[
        (r"\{1, 4\}", r"\{4, 1, 1\}", r"\{4, 1, 2\}"),
        (r"\{1, 4, 4\}", r"\{4, 1\}", r"\{4\}"),
        (
            r"\frac{-b \pm \sqrt{b^2-4ac}}{2a}",
            r"x = -\frac{b}{2a}\pm\frac{\sqrt{b^2-4ac}}{2a}",
            r"x = \frac{-b \pm \sqrt{b^2+4ac}}{2a}",
        ),
        (
            "f(x)=0, f(x)=x",
            r"f(x) = x \text{ or } f(x) = 0",
            "f(x)=0, f(x)=2x",
        ),
        (r"\mathbb{Z}", r"\mathbb Z", r"\mathbb Q"),
        (
            r"\frac{27}{4}",
            r"\max = \frac{27}{4}",
            r"\max = \frac{4}{27}",
        ),
        (r"A \land \neg B", r"A \wedge \lnot B", r"A \vee \lnot B"),
        ("x", "x", r"\sqrt{x^2}"),
    ]);
}
