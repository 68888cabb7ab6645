const memo = {}; const fib = (n) => n < 2 ? n : memo[n] || (memo[n] = fib(n - 1) + fib(n - 2));
class Script { process_incoming_request({ request }) { const depth = (n) => (n ? 1 + depth(n - 1) : 0); return [fib(90), depth(1000), (function f(n) { return n <= 1 ? 1 : n * f(n - 1); })(20)]; } }
