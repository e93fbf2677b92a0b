#include "record.h"

#include <fstream>

#include "stsr/io/atomic_file.h"

namespace stsr {

Record read_record(const std::filesystem::path& path, const std::string& key) {
  std::ifstream stream(path);
  const Record record = Record::parse(stream, nullptr, false);
  if (!record.is_object() || !record.contains("key") || record["key"] != key) return nullptr;
  return record;
}

void write_record(const std::filesystem::path& path, const std::string& key, Record record) {
  record["key"] = key;
  AtomicFile file(path);
  file.write(record.dump(2) + "\n");
  file.commit();
}

}  // namespace stsr
