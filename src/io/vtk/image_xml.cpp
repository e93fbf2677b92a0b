#include "image_xml.h"

#include <vtkNew.h>
#include <vtkObjectFactory.h>
#include <vtkXMLDataParser.h>

#include <algorithm>
#include <array>
#include <fstream>

#include "stsr/io/message_capture.h"

namespace stsr {

namespace {

/// Attributes that are numbers.
constexpr std::array<std::string_view, 8> number_attributes{
    "WholeExtent",        "Extent", "Origin",  "Spacing", "Direction",
    "NumberOfComponents", "offset", "timestep"};

/// Keeps empty attributes that ought to be numbers, as a space: VTK drops them. Stops where
/// elements lie too deep in each other: VTK frees them recursively.
class StrictParser : public vtkXMLDataParser {
 public:
  static StrictParser* New();
  vtkTypeMacro(StrictParser, vtkXMLDataParser)

      protected : void StartElement(const char* name, const char** attributes) override {
    Superclass::StartElement(name, attributes);
    deepest_ = std::max(deepest_, NumberOfOpenElements);
    for (; attributes[0] != nullptr; attributes += 2)
      if (*attributes[1] == '\0' && std::find(number_attributes.begin(), number_attributes.end(),
                                              attributes[0]) != number_attributes.end())
        OpenElements[NumberOfOpenElements - 1]->SetAttribute(attributes[0], " ");
  }
  int ParsingComplete() override {
    constexpr unsigned int too_deep = 1000;
    return deepest_ > too_deep ? 1 : Superclass::ParsingComplete();
  }

 private:
  unsigned int deepest_ = 0;
};

vtkStandardNewMacro(StrictParser);

}  // namespace

XmlTree parse_xml(const InputFile& file) {
  const MessageCapture messages;
  std::ifstream stream(file.path(), std::ios::binary);
  const vtkNew<StrictParser> parser;
  parser->SetStream(&stream);
  parser->SetIgnoreCharacterData(1);
  const bool parsed = parser->Parse() != 0;
  const std::string first = messages.first();
  if (!first.empty() || !parsed)
    throw_file_error(file.path(), "is not well-formed XML of VTK: {}",
                     first.empty() ? "it cannot be parsed" : first);
  return {parser->GetRootElement(), static_cast<std::uint64_t>(parser->GetAppendedDataPosition())};
}

std::string title_of(vtkXMLDataElement& element) {
  const char* name = element.GetAttribute("Name");
  return name == nullptr ? element.GetName()
                         : fmt::format("{} '{}'", element.GetName(), excerpt(name));
}

std::string_view text_of(vtkXMLDataElement& element, const char* attribute) {
  const char* text = element.GetAttribute(attribute);
  return text == nullptr ? std::string_view() : text;
}

std::vector<vtkXMLDataElement*> children(vtkXMLDataElement& parent, std::string_view name) {
  std::vector<vtkXMLDataElement*> found;
  for (int i = 0; i < parent.GetNumberOfNestedElements(); ++i)
    if (vtkXMLDataElement* child = parent.GetNestedElement(i); name == child->GetName())
      found.push_back(child);
  return found;
}

}  // namespace stsr
