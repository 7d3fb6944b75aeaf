-- Floating point, tables, closures and strings; each part prints what it comes to.

local function nbody(steps)
  -- The sun and four planets: positions, velocities, masses in arbitrary units.
  local bodies = {}
  for i = 0, 4 do
    local r = i * 1.75
    bodies[#bodies + 1] = {
      x = r * math.cos(i), y = r * math.sin(i), z = 0.1 * i,
      vx = -0.9 * math.sin(i), vy = 0.9 * math.cos(i), vz = 0.01 * i,
      mass = i == 0 and 8 or 0.01 * i,
    }
  end
  for _ = 1, steps do
    for i = 1, #bodies do
      local a = bodies[i]
      for j = i + 1, #bodies do
        local b = bodies[j]
        local dx, dy, dz = a.x - b.x, a.y - b.y, a.z - b.z
        local square = dx * dx + dy * dy + dz * dz + 0.01
        local pull = 0.001 / (square * math.sqrt(square))
        a.vx, a.vy, a.vz = a.vx - dx * b.mass * pull, a.vy - dy * b.mass * pull, a.vz - dz * b.mass * pull
        b.vx, b.vy, b.vz = b.vx + dx * a.mass * pull, b.vy + dy * a.mass * pull, b.vz + dz * a.mass * pull
      end
    end
    for _, a in ipairs(bodies) do
      a.x, a.y, a.z = a.x + 0.001 * a.vx, a.y + 0.001 * a.vy, a.z + 0.001 * a.vz
    end
  end
  local energy = 0
  for _, a in ipairs(bodies) do
    energy = energy + a.mass * (a.vx * a.vx + a.vy * a.vy + a.vz * a.vz) / 2
  end
  return string.format("%.9f", energy)
end

local function spectralNorm(n)
  local function entry(i, j)
    return 1 / ((i + j) * (i + j + 1) // 2 + i + 1)
  end
  local function multiply(v, transposed)
    local result = {}
    for i = 0, n - 1 do
      local sum = 0
      for j = 0, n - 1 do
        sum = sum + (transposed and entry(j, i) or entry(i, j)) * v[j + 1]
      end
      result[i + 1] = sum
    end
    return result
  end
  local u, v = {}, nil
  for i = 1, n do u[i] = 1 end
  for _ = 1, 4 do
    v = multiply(multiply(u, false), true)
    u = multiply(multiply(v, false), true)
  end
  local uv, vv = 0, 0
  for i = 1, n do
    uv, vv = uv + u[i] * v[i], vv + v[i] * v[i]
  end
  return string.format("%.9f", math.sqrt(uv / vv))
end

local function sieve(limit)
  local composite, count = {}, 0
  for i = 2, limit do
    if not composite[i] then
      count = count + 1
      for j = i * i, limit, i do composite[j] = true end
    end
  end
  return count
end

local function queens(n)
  local columns, up, down = {}, {}, {}
  local function place(row)
    if row > n then return 1 end
    local found = 0
    for column = 1, n do
      if not (columns[column] or up[row + column] or down[row - column + n]) then
        columns[column], up[row + column], down[row - column + n] = true, true, true
        found = found + place(row + 1)
        columns[column], up[row + column], down[row - column + n] = false, false, false
      end
    end
    return found
  end
  return place(1)
end

local function words(count)
  local seed, parts, seen = 42, {}, {}
  for i = 1, count do
    seed = (seed * 1103515245 + 12345) % 2147483648
    local word = string.format("w%x", seed % 5003)
    seen[word] = (seen[word] or 0) + 1
    parts[i] = word
  end
  local text = table.concat(parts, " ")
  local upper, letters = text:upper():gsub("W(%x)", "<%1>")
  local names = {}
  for word in pairs(seen) do names[#names + 1] = word end
  table.sort(names, function(a, b)
    if seen[a] ~= seen[b] then return seen[a] > seen[b] end
    return a < b
  end)
  return #upper .. " " .. letters .. " " .. #names .. " " .. names[1] .. " " .. names[#names]
end

print("nbody", nbody(100000))
print("spectral norm", spectralNorm(240))
print("sieve", sieve(3000000))
print("queens", queens(9))
print("words", words(250000))
