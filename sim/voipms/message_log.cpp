// SPDX-License-Identifier: Apache-2.0
#include "voipms/message_log.hpp"

#include <algorithm>
#include <utility>

namespace mmsgate_sim {
namespace {

bool matches(const Message& message, const SentQuery& query) {
  return message.index >= query.since && (query.did.empty() || query.did == message.did) &&
         (query.dst.empty() || query.dst == message.contact);
}

}  // namespace

MessagePtr MessageLog::add(Message message) {
  std::vector<Ready> ready;
  MessagePtr added;
  {
    const std::lock_guard lock(mutex_);
    if (message.id == 0) message.id = next_id_++;
    message.index = next_index_[message.received ? 1 : 0]++;
    added = std::make_shared<const Message>(std::move(message));
    by_id_[added->id] = added;
    auto& list = added->received ? incoming_ : sent_;
    list.push_back(added);
    trim(list);
    if (!added->received) ready = take_ready(*added);
  }
  for (auto& call : ready) call();
  return added;
}

std::int64_t MessageLog::new_id() {
  const std::lock_guard lock(mutex_);
  return next_id_++;
}

MessagePtr MessageLog::find(std::int64_t id) const {
  const std::lock_guard lock(mutex_);
  const auto found = by_id_.find(id);
  return found == by_id_.end() ? nullptr : found->second;
}

std::vector<MessagePtr> MessageLog::newest(std::size_t most, const std::function<bool(const Message&)>& wanted) const {
  std::vector<MessagePtr> list;
  const std::lock_guard lock(mutex_);
  auto sent = sent_.rbegin();
  auto received = incoming_.rbegin();
  while (list.size() < most && (sent != sent_.rend() || received != incoming_.rend())) {
    const bool take_sent = received == incoming_.rend() || (sent != sent_.rend() && (*sent)->at >= (*received)->at);
    const MessagePtr& next = take_sent ? *sent++ : *received++;
    if (wanted(*next)) list.push_back(next);
  }
  return list;
}

std::vector<MessagePtr> MessageLog::incoming() const {
  const std::lock_guard lock(mutex_);
  return {incoming_.begin(), incoming_.end()};
}

std::vector<MessagePtr> MessageLog::sent(const SentQuery& query) const {
  std::vector<MessagePtr> list;
  const std::lock_guard lock(mutex_);
  const auto begin = std::ranges::lower_bound(sent_, query.since, {}, [](const MessagePtr& m) { return m->index; });
  std::copy_if(begin, sent_.end(), std::back_inserter(list), [&](const MessagePtr& m) { return matches(*m, query); });
  return list;
}

std::uint64_t MessageLog::when_sent(const SentQuery& query, Ready ready) {
  std::unique_lock lock(mutex_);
  const auto there = std::ranges::count_if(sent_, [&](const MessagePtr& m) { return matches(*m, query); });
  const std::uint64_t ticket = next_ticket_++;
  if (std::cmp_less(there, query.count)) {
    waiters_.emplace(ticket, Waiter{query, query.count - static_cast<std::size_t>(there), std::move(ready)});
    return ticket;
  }
  lock.unlock();
  ready();
  return ticket;
}

void MessageLog::expire(std::uint64_t ticket) {
  std::unique_lock lock(mutex_);
  auto waiter = waiters_.extract(ticket);
  lock.unlock();
  if (waiter) waiter.mapped().ready();
}

void MessageLog::keep(std::size_t most) {
  const std::lock_guard lock(mutex_);
  keep_ = most;
  trim(sent_);
  trim(incoming_);
}

void MessageLog::clear() {
  const std::lock_guard lock(mutex_);
  // Ids and indexes go on: an id that comes twice would be a repeat to whoever has seen it.
  sent_.clear();
  incoming_.clear();
  by_id_.clear();
}

void MessageLog::trim(std::deque<MessagePtr>& list) {
  while (keep_ > 0 && list.size() > keep_) {
    by_id_.erase(list.front()->id);
    list.pop_front();
  }
}

std::vector<MessageLog::Ready> MessageLog::take_ready(const Message& added) {
  std::vector<Ready> ready;
  for (auto i = waiters_.begin(); i != waiters_.end();) {
    if (matches(added, i->second.query) && --i->second.missing == 0) {
      ready.push_back(std::move(i->second.ready));
      i = waiters_.erase(i);
    } else {
      ++i;
    }
  }
  return ready;
}

}  // namespace mmsgate_sim
