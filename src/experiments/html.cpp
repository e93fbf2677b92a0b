#include "html.h"

#include <fmt/format.h>

#include <algorithm>

#include "stsr/base/xml_text.h"

namespace stsr {

namespace {

constexpr std::string_view style = R"css(
  :root { color-scheme: light; }
  body { font: 16px/1.5 system-ui, "Segoe UI", "Helvetica Neue", Arial, sans-serif; color: #1a1a1a;
         background: #fff; max-width: 1180px; margin: 2.5rem auto; padding: 0 1.5rem; }
  h1 { font-size: 1.9rem; line-height: 1.2; margin-bottom: .3rem; }
  h2 { font-size: 1.3rem; margin-top: 2.6rem; border-bottom: 1px solid #ddd; padding-bottom: .2rem; }
  h3 { font-size: 1rem; margin: 1.6rem 0 .4rem; }
  p.lead { max-width: 48rem; color: #444; white-space: pre-line; }
  .scroll { overflow-x: auto; }
  table { border-collapse: collapse; font-variant-numeric: tabular-nums; font-size: .92rem; }
  th, td { padding: .3rem .8rem; text-align: right; border-bottom: 1px solid #e6e6e6;
           white-space: nowrap; }
  th { border-bottom: 2px solid #999; font-weight: 600; }
  th:first-child, td:first-child { text-align: left; padding-left: 0; white-space: normal; }
  figure { margin: 1.2rem 0; }
  figure img, figure svg { max-width: 100%; height: auto; }
  figcaption { color: #555; font-size: .9rem; max-width: 48rem; }
  .curves { display: grid; grid-template-columns: repeat(auto-fit, minmax(480px, 1fr)); gap: .6rem; }
  .remark { color: #a02020; }
  pre { background: #f6f6f4; padding: .8rem 1rem; overflow-x: auto; font-size: .84rem;
        line-height: 1.45; }
  details { margin: .6rem 0; }
  summary { cursor: pointer; font-weight: 600; }
  footer { margin-top: 3rem; color: #777; font-size: .85rem; }
)css";

std::string base64(std::span<const unsigned char> bytes) {
  constexpr std::string_view letters =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string text;
  text.reserve((bytes.size() + 2) / 3 * 4);
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    const std::size_t count = std::min<std::size_t>(3, bytes.size() - i);
    unsigned word = 0;
    for (std::size_t k = 0; k < 3; ++k) word = word << 8U | (k < count ? bytes[i + k] : 0U);
    for (std::size_t k = 0; k < 4; ++k)
      text += k <= count ? letters[word >> (18U - 6U * k) & 63U] : '=';
  }
  return text;
}

}  // namespace

std::string html_escaped(std::string_view text) {
  return xml_escaped(text);
}

std::string html_table(const Table& table) {
  std::string text =
      fmt::format("<h3>{}</h3>\n<div class=\"scroll\"><table>\n<tr>", html_escaped(table.title));
  for (const std::string& cell : table.header)
    text += fmt::format("<th>{}</th>", html_escaped(cell));
  text += "</tr>\n";
  for (std::size_t r = 0; r < table.rows.size(); ++r) {
    text += "<tr>";
    for (std::size_t c = 0; c < table.rows[r].size(); ++c) {
      const bool best =
          std::find(table.best.begin(), table.best.end(), std::pair(r, c)) != table.best.end();
      const std::string cell = html_escaped(table.rows[r][c] == "-" ? "–" : table.rows[r][c]);
      text += best ? fmt::format("<td><b>{}</b></td>", cell) : fmt::format("<td>{}</td>", cell);
    }
    text += "</tr>\n";
  }
  return text + "</table></div>\n";
}

std::string html_image(std::span<const unsigned char> png, const std::string& text) {
  return fmt::format("<img alt=\"{}\" src=\"data:image/png;base64,{}\">", html_escaped(text),
                     base64(png));
}

std::string html_page(const std::string& title, const std::string& body) {
  return fmt::format(
      "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta "
      "name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>{}</title>\n"
      "<style>{}</style>\n</head>\n<body>\n{}</body>\n</html>\n",
      html_escaped(title), style, body);
}

}  // namespace stsr
