var helper = function (list) { total = 0; list.forEach(function (n) { total += n; }); return total; };
class Script { process_incoming_request({ request }) { var a = b = request.content.n; return [helper([1, 2, a]), b]; } }
