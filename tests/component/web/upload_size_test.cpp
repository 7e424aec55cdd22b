// SPDX-License-Identifier: Apache-2.0
// Large uploads: through to the disk without being held in memory, and no further than the limit.
#include "server_fixture.hpp"

namespace mmsgate::web {
namespace {

constexpr std::string_view kHead =
    "--line\r\nContent-Disposition: form-data; name=\"File\"; filename=\"a\"\r\nContent-Type: video/mp4\r\n\r\n";
constexpr std::string_view kTail = "\r\n--line--\r\n";

class UploadSizeTest : public ServerTest {
 protected:
  static std::string announce(std::size_t file_size) {
    return fmt::format(
        "POST /file HTTP/1.1\r\nHost: h\r\nContent-Type: multipart/form-data; boundary=line\r\nContent-Length: "
        "{}\r\n\r\n",
        kHead.size() + file_size + kTail.size());
  }
  static std::string upload_of(std::size_t file_size) {
    return announce(file_size) + std::string(kHead) + std::string(file_size, 'x') + std::string(kTail);
  }
  static constexpr const char* kChunked =
      "POST /file HTTP/1.1\r\nHost: h\r\nContent-Type: multipart/form-data; boundary=line\r\n"
      "Transfer-Encoding: chunked\r\n\r\n";
  static std::string chunk(std::string_view bytes) { return fmt::format("{:x}\r\n{}\r\n", bytes.size(), bytes); }
};

/// The most memory that was resident since it was last asked, in bytes.
std::size_t take_peak_memory() {
  std::ifstream status("/proc/self/status");
  std::size_t kilobytes = 0;
  for (std::string word; status >> word;) {
    if (word == "VmHWM:") status >> kilobytes;
  }
  std::ofstream("/proc/self/clear_refs") << "5";  // proc(5): resets the peak
  return kilobytes << 10;
}

TEST_F(UploadSizeTest, FiftyMegabytesGoToTheDiskAndNotToMemory) {
  constexpr std::size_t kPieces = 50;
  // Every line of it may begin a boundary.
  std::string piece;
  while (piece.size() < 1 << 20) piece += fmt::format("{}\r\n--lin\r\n--\r", piece.size());
  start();
  auto client = connect();
  static_cast<void>(take_peak_memory());
  const std::size_t before = take_peak_memory();
  ASSERT_TRUE(client.send(announce(kPieces * piece.size())));
  ASSERT_TRUE(client.send(kHead));
  for (std::size_t i = 0; i < kPieces; ++i) ASSERT_TRUE(client.send(piece));
  ASSERT_TRUE(client.send(kTail));
  auto sent = site_.uploads.pop(testing_support::kLimit);
  ASSERT_TRUE(sent);
  const std::size_t grown = take_peak_memory() - before;
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)  // which keep shadows of their own
  EXPECT_LT(grown, std::size_t{8} << 20);
#else
  static_cast<void>(grown);
#endif
  const auto kept = sent->upload.draft->keep();
  ASSERT_TRUE(kept) << kept.error().detail;
  EXPECT_EQ(kept->size, kPieces * piece.size());
  std::ifstream in(folder_.file("media/" + kept->id.str().substr(0, 2) + "/" + kept->id.str()), std::ios::binary);
  std::string read(piece.size(), '\0');
  for (std::size_t i = 0; i < kPieces; ++i) {
    in.read(read.data(), static_cast<std::streamsize>(read.size()));
    ASSERT_EQ(read, piece) << "megabyte " << i;
  }
}

TEST_F(UploadSizeTest, ExactlyTheLimitIsTakenAndOneByteMoreIsNot) {
  options_.most_upload_bytes = 1000;
  start();
  auto client = connect();
  client.send(upload_of(1000));
  EXPECT_TRUE(site_.uploads.pop());
  EXPECT_EQ(ask(upload_of(1001)).status(), 413);
  EXPECT_EQ(files_on_disk(), 0U);
}

TEST_F(UploadSizeTest, WhatTheDraftRefusesIs413) {
  auto small = media::open_folder(folder_.path() / "media", 1000, random_, media::Drafts::may_be_alive);
  ASSERT_TRUE(small);
  site_.blobs = std::move(*small);
  start();
  EXPECT_EQ(ask(upload_of(1001)).status(), 413);
  EXPECT_EQ(files_on_disk(), 0U);
}

TEST_F(UploadSizeTest, AnnouncedAsTooLargeIsRefusedBeforeTheFirstByte) {
  start();
  auto client = connect();
  const std::string announced = announce(options_.most_upload_bytes + (1 << 20));
  EXPECT_EQ(client.ask(announced.substr(0, announced.size() - 2) + "Expect: 100-continue\r\n\r\n").status(), 413);
  EXPECT_EQ(files_on_disk(), 0U);
}

TEST_F(UploadSizeTest, WhoSendsAllBeforeListeningHearsTheRefusal) {
  options_.most_upload_bytes = 1 << 20;
  start();
  auto client = connect();
  const std::string upload = upload_of(3 << 20);
  EXPECT_TRUE(client.send(upload));
  EXPECT_EQ(client.answer().status(), 413);
  EXPECT_EQ(files_on_disk(), 0U);
}

TEST_F(UploadSizeTest, MoreThanIsWorthDroppingIsRefusedAtOnce) {
  start();
  EXPECT_EQ(ask(announce(std::size_t{1} << 40)).status(), 413);
}

TEST_F(UploadSizeTest, ChunksBeyondTheLimitAre413) {
  options_.most_upload_bytes = 1 << 20;
  start();
  auto client = connect();
  client.send(kChunked + chunk(kHead));
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(client.send(chunk(std::string(1 << 20, 'x'))));
  client.send(chunk(kTail) + "0\r\n\r\n");
  EXPECT_EQ(client.answer().status(), 413);
  EXPECT_EQ(site_.uploads.size(), 0U);
  EXPECT_EQ(files_on_disk(), 0U);
}

TEST_F(UploadSizeTest, ChunksWithoutEndAreCutOff) {
  options_.most_upload_bytes = 1 << 20;
  start();
  auto client = connect();
  client.send(kChunked + chunk(kHead));
  const std::string megabyte = chunk(std::string(1 << 20, 'x'));
  int sent = 0;
  while (sent < 500 && client.send(megabyte)) ++sent;
  EXPECT_LT(sent, 500);
  EXPECT_EQ(files_on_disk(), 0U);
}

}  // namespace
}  // namespace mmsgate::web
