#include "app/line_diff.h"

#include <algorithm>
#include <cstdint>
#include <vector>

namespace gantry::app {
namespace {

using Lines = std::vector<std::string_view>;

constexpr std::size_t kContextLines = 3;

// With their line ends; the last line may lack its own.
Lines lines_of(std::string_view text) {
  Lines out;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size() - 1) + 1;
    out.push_back(text.substr(0, end));
    text.remove_prefix(end);
  }
  return out;
}

struct Step {
  char mark;  // ' ', '-' or '+'
  std::string_view line;
};

void append(std::vector<Step>& out, char mark, const Lines& lines, std::size_t from,
            std::size_t to) {
  for (std::size_t i = from; i < to; ++i) out.push_back({mark, lines[i]});
}

// The longest common subsequence of a[from, a_end) and b[from, b_end).
void compare_middle(std::vector<Step>& out, const Lines& a, std::size_t a_end, const Lines& b,
                    std::size_t b_end, std::size_t from) {
  const std::size_t rows = a_end - from;
  const std::size_t columns = b_end - from;
  if (rows == 0 || columns == 0 || rows > kComparedPairsMax / columns) {
    append(out, '-', a, from, a_end);
    append(out, '+', b, from, b_end);
    return;
  }
  const std::size_t width = columns + 1;
  std::vector<std::uint32_t> length((rows + 1) * width, 0);
  for (std::size_t i = rows; i-- > 0;) {
    for (std::size_t j = columns; j-- > 0;) {
      length[i * width + j] = a[from + i] == b[from + j] ? length[(i + 1) * width + j + 1] + 1
                                                         : std::max(length[(i + 1) * width + j],
                                                                    length[i * width + j + 1]);
    }
  }
  std::size_t i = 0;
  std::size_t j = 0;
  while (i < rows && j < columns) {
    if (a[from + i] == b[from + j]) {
      out.push_back({' ', a[from + i]});
      ++i;
      ++j;
    } else if (length[(i + 1) * width + j] >= length[i * width + j + 1]) {
      out.push_back({'-', a[from + i++]});
    } else {
      out.push_back({'+', b[from + j++]});
    }
  }
  append(out, '-', a, from + i, a_end);
  append(out, '+', b, from + j, b_end);
}

std::vector<Step> steps_of(const Lines& a, const Lines& b) {
  std::size_t start = 0;
  while (start < std::min(a.size(), b.size()) && a[start] == b[start]) ++start;
  std::size_t a_end = a.size();
  std::size_t b_end = b.size();
  while (a_end > start && b_end > start && a[a_end - 1] == b[b_end - 1]) {
    --a_end;
    --b_end;
  }
  std::vector<Step> out;
  append(out, ' ', a, 0, start);
  compare_middle(out, a, a_end, b, b_end, start);
  append(out, ' ', a, a_end, a.size());
  return out;
}

std::string range(std::size_t first, std::size_t count) {
  const std::size_t shown = count == 0 ? first : first + 1;
  return std::to_string(shown) + (count == 1 ? "" : "," + std::to_string(count));
}

void write_step(std::string& out, const Step& step) {
  out += step.mark;
  out += step.line;
  if (!step.line.ends_with('\n')) out += "\n\\ No newline at end of file\n";
}

}  // namespace

std::string unified_diff(std::string_view before_name, std::string_view before,
                         std::string_view after_name, std::string_view after) {
  if (before == after) return "";
  const Lines a = lines_of(before);
  const Lines b = lines_of(after);
  const std::vector<Step> steps = steps_of(a, b);
  std::string out = "--- " + std::string(before_name) + "\n+++ " + std::string(after_name) + "\n";
  std::size_t a_line = 0;
  std::size_t b_line = 0;
  std::size_t at = 0;
  while (at < steps.size()) {
    // From one hunk's end to the context before the next change.
    std::size_t change = at;
    while (change < steps.size() && steps[change].mark == ' ') ++change;
    if (change == steps.size()) break;
    const std::size_t begin = std::max(at, change - std::min(change, kContextLines));
    a_line += begin - at;
    b_line += begin - at;
    std::size_t end = change;
    for (std::size_t i = change; i < steps.size() && i <= end + 2 * kContextLines; ++i) {
      if (steps[i].mark != ' ') end = i;
    }
    end = std::min(steps.size(), end + 1 + kContextLines);
    std::size_t a_count = 0;
    std::size_t b_count = 0;
    for (std::size_t i = begin; i < end; ++i) {
      if (steps[i].mark != '+') ++a_count;
      if (steps[i].mark != '-') ++b_count;
    }
    out += "@@ -" + range(a_line, a_count) + " +" + range(b_line, b_count) + " @@\n";
    for (std::size_t i = begin; i < end; ++i) write_step(out, steps[i]);
    a_line += a_count;
    b_line += b_count;
    at = end;
  }
  return out;
}

}  // namespace gantry::app
