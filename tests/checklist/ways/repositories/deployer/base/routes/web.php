<?php

use App\Models\Lamp;
use Illuminate\Support\Facades\Route;

Route::get('/lamps/{lamp}', fn (Lamp $lamp) => ['id' => $lamp->id, 'name' => $lamp->name]);
