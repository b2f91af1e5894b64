import { createHash } from 'node:crypto';
import { ingestedWindowMs, lagMs, reportedWindowMs } from './index.ts';
import { contentBytes, keyedPostingBytes, orderKeyAtByte, postingBytes } from './redis-layout.ts';

/**
 * What is done inside Redis, for one bucket each: a script is one step for all others, and reaches a replica whole or not at all. Of
 * each the only key is that of the bucket's marks; the others begin as it does.
 */
export interface Script {
  readonly source: string;
  readonly sha1: string;
}

const script = (source: string): Script => ({
  source,
  sha1: createHash('sha1').update(source).digest('hex'),
});

/** By Redis' clock, from an item's put on; so much longer than the windows because inputs may wait in the lanes before they ask. */
export const keptMs = ingestedWindowMs + lagMs + 30 * 86_400_000;

/** Postings of replaced entries remembered of an item. */
const rememberedPostings = 36;

/**
 * Puts entries and postings, then sets the marks. A mark, by input partition, is four numbers of six bytes:
 *
 *     base    where the last turn began that put here: a turn from before it is refused
 *     since   0: the bucket holds all that the partition ever gave it; else only what was put from here on
 *     to      where that turn ended
 *     state   offset of hub.state, and 1: what was written before it was held when the bucket last held all; 0: it never did
 *
 * Beside it, under r<partition>, how far a refill has come (8 its name, 4 its step): each step must follow on the one before, or something
 * was lost in between.
 *
 * ARGV 1 reaches (2 partition, 6 base, 6 to, 6 state), 2 entries (2 length, entry), 3 postings to add and 4 to remove, each with its key,
 * 5 the highest ingestedAt among them, 6 the step of a refill (2 partition, 8 name, 4 step), 7 by how much one of them was read before it was
 * reported, at most. Answers null when it refuses, else two texts: contents of
 * entries that gave way to a higher version, and postings to remove.
 */
export const putScript = script(`
local prefix = string.sub(KEYS[1], 1, -2)
local sub, unpack, call = string.sub, struct.unpack, redis.call
local reaches, entries, postings, removed = ARGV[1], ARGV[2], ARGV[3], ARGV[4]

-- What is replaced is named by its content: to remove it is right whoever asks, and whenever.
for at = 1, #removed, ${keyedPostingBytes} do
  call('ZREM', prefix .. 'b' .. sub(removed, at, at + 3), sub(removed, at + 4, at + ${keyedPostingBytes - 1}))
end

for at = 1, #reaches, 20 do
  local partition, base = unpack('>I2I6', reaches, at)
  local mark = call('HGET', KEYS[1], partition)
  if mark and base < unpack('>I6', mark) then return false end
end

local refill = ARGV[6]
if refill ~= '' then
  local partition, step = unpack('>I2', refill), unpack('>I4', refill, 11)
  local field, name = 'r' .. partition, sub(refill, 3, 10)
  if step > 0 and call('HGET', KEYS[1], field) ~= name .. struct.pack('>I4', step - 1) then return false end
  call('HSET', KEYS[1], field, sub(refill, 3))
end

local outdated, leftover = {}, {}
local at = 1
while at <= #entries do
  local length = unpack('>I2', entries, at)
  local entry = sub(entries, at + 2, at + 1 + length)
  at = at + 2 + length
  local id = sub(entry, 1, 16)
  local stands = call('GET', prefix .. 'i' .. id)
  if stands and unpack('>I6', stands, 17) > unpack('>I6', entry, 17) then
    outdated[#outdated + 1] = sub(entry, 1, ${contentBytes})
  else
    if stands then
      local left = call('GET', prefix .. 'd' .. id) or ''
      if sub(stands, 1, ${contentBytes}) ~= sub(entry, 1, ${contentBytes}) then
        local parts = {sub(left, -${(rememberedPostings - 12) * keyedPostingBytes})}
        for i = 0, string.byte(stands, ${postingBytes + 1}) - 1 do
          local key = ${postingBytes + 3} + i * 4
          parts[#parts + 1] = sub(stands, key, key + 3) .. sub(stands, 1, ${postingBytes})
        end
        left = table.concat(parts)
        call('SET', prefix .. 'd' .. id, left, 'PX', ${keptMs})
      end
      leftover[#leftover + 1] = left
    end
    call('SET', prefix .. 'i' .. id, entry, 'PX', ${keptMs})
  end
end

local newest = tonumber(call('HGET', KEYS[1], 'n') or '0')
if tonumber(ARGV[5]) > newest then
  newest = tonumber(ARGV[5])
  call('HSET', KEYS[1], 'n', ARGV[5])
end
if tonumber(ARGV[7]) > tonumber(call('HGET', KEYS[1], 'a') or '0') then call('HSET', KEYS[1], 'a', ARGV[7]) end

for at = 1, #postings, ${keyedPostingBytes} do
  local key = prefix .. 'b' .. sub(postings, at, at + 3)
  local posting = sub(postings, at + 4, at + ${keyedPostingBytes - 1})
  call('ZADD', key, unpack('>I6', posting, ${orderKeyAtByte + 1}), posting)
  call('PEXPIRE', key, ${keptMs})
  -- Now and then, as a look costs as much as an addition: the oldest go that have left the window.
  if at % 8 == 1 then
    for _, oldest in ipairs(call('ZRANGE', key, 0, 15)) do
      if unpack('>I6', oldest, ${orderKeyAtByte + 7}) >= newest - ${ingestedWindowMs + lagMs} then break end
      call('ZREM', key, oldest)
    end
  end
end

for at = 1, #reaches, 20 do
  local partition, base, to, state = unpack('>I2I6I6I6', reaches, at)
  local mark = call('HGET', KEYS[1], partition)
  local since, known = base, 0
  if mark then
    local _, markSince, markTo, markState = unpack('>I6I6I6I6', mark)
    since, known = markSince, markState
    if base > markTo then since = base end
  end
  if since == 0 then known = state + 1 end
  call('HSET', KEYS[1], partition, struct.pack('>I6I6I6I6', base, since, to, known))
end
return {table.concat(outdated), table.concat(leftover)}
`);

/**
 * ARGV 1: questions (4 key, 6 orderKeyAt, 2 how many before, 2 how many after). Answers three texts: the highest ingestedAt, and by how much one was read before it was reported; marks, each after
 * its partition (2); for each question how many are before (2) and after (2), and these postings, the nearest first.
 */
export const askScript = script(`
local prefix = string.sub(KEYS[1], 1, -2)
local sub, unpack, call = string.sub, struct.unpack, redis.call
local questions = ARGV[1]
local found, none = {}, {}
for at = 1, #questions, 14 do
  local key = prefix .. 'b' .. sub(questions, at, at + 3)
  local score, before, after = unpack('>I6I2I2', questions, at + 4)
  local earlier, later = none, none
  if before > 0 then
    earlier = call('ZREVRANGEBYSCORE', key, score, score - ${reportedWindowMs}, 'LIMIT', 0, before)
  end
  if after > 0 then
    later = call('ZRANGEBYSCORE', key, score, score + ${reportedWindowMs}, 'LIMIT', 0, after)
  end
  found[#found + 1] = struct.pack('>I2I2', #earlier, #later)
  for i = 1, #earlier do found[#found + 1] = earlier[i] end
  for i = 1, #later do found[#found + 1] = later[i] end
end
local newest, ahead, marks = '0', '0', {}
local fields = call('HGETALL', KEYS[1])
for i = 1, #fields, 2 do
  local partition = tonumber(fields[i])
  if partition then marks[#marks + 1] = struct.pack('>I2', partition) .. fields[i + 1]
  elseif fields[i] == 'n' then newest = fields[i + 1]
  elseif fields[i] == 'a' then ahead = fields[i + 1] end
end
return {newest .. ' ' .. ahead, table.concat(marks), table.concat(found)}
`);

/** ARGV 1: partition, 2: last step of its refill, as it is stored, 3: position, 4: state, and 1. Answers 1 where the bucket is whole now. */
export const refilledScript = script(`
local call = redis.call
local partition, position, state = ARGV[1], tonumber(ARGV[3]), tonumber(ARGV[4])
if call('HGET', KEYS[1], 'r' .. partition) ~= ARGV[2] then return 0 end
local mark = call('HGET', KEYS[1], partition)
local base, since, to = position, 0, position
if mark then base, since, to = struct.unpack('>I6I6I6', mark) end
if since > position then return 0 end
call('HDEL', KEYS[1], 'r' .. partition)
call('HSET', KEYS[1], partition, struct.pack('>I6I6I6I6', base, 0, math.max(to, position), state))
return 1
`);
