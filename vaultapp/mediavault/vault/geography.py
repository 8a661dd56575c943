"""Places on the Earth, taken for a sphere: pure numbers, no database."""

import math
from dataclasses import dataclass

EARTH_KM = 6371.0088
_HALF_WAY_KM = math.pi * EARTH_KM


@dataclass(frozen=True)
class Circle:
    """What lies within `km` of a point; `latitude` and `longitude` are degrees, north and east positive."""

    latitude: float
    longitude: float
    km: float

    @property
    def chord(self) -> float:
        """The haversine of the radius: sin² of half its angle, 1 where it reaches around the whole Earth."""
        return math.sin(min(self.km, _HALF_WAY_KM) / EARTH_KM / 2) ** 2

    @property
    def latitudes(self) -> tuple[float, float]:
        """From south to north."""
        reach = math.degrees(self.km / EARTH_KM)
        return self.latitude - reach, self.latitude + reach

    @property
    def longitudes(self) -> list[tuple[float, float]]:
        """From west to east: one range, two where the circle crosses the date line; a pole has them all."""
        south, north = self.latitudes
        if south <= -90 or north >= 90:
            return [(-180.0, 180.0)]
        narrowing = math.sin(self.km / EARTH_KM) / math.cos(math.radians(self.latitude))
        reach = math.degrees(math.asin(min(1.0, narrowing)))
        west, east = self.longitude - reach, self.longitude + reach
        if west < -180:
            return [(west + 360, 180.0), (-180.0, east)]
        if east > 180:
            return [(west, 180.0), (-180.0, east - 360)]
        return [(west, east)]
